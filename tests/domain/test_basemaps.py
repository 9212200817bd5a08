"""Base maps: what a file says, and every fault of it at once."""

import pytest

from app.domain import basemaps
from app.errors import BadConfiguration

GOOD = """
bases:
  - {name: tdt, title: 天地图 矢量, kind: tianditu, key: 0123456789abcdef, approval: GS(2024)0650号}
  - {name: inner, title: 内网, kind: xyz, url: "http://10.0.0.5/{z}/{x}/{y}.png", crs: gcj02}
  - {name: gov, title: 政务, kind: wms, url: "https://maps.gov.example/wms", layers: [road, water]}
"""


def read(tmp_path, text):
    path = tmp_path / "bases.yaml"
    path.write_text(text, encoding="utf-8")
    return basemaps.load_bases(path)


def test_without_a_file_there_is_none():
    assert basemaps.load_bases(None) == ()


def test_tianditu_is_its_two_layers_with_the_key(tmp_path):
    told = basemaps.shown(read(tmp_path, GOOD)[0])
    first, second = told["urls"]
    assert first.startswith("https://t{s}.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&")
    assert "LAYER=vec&" in first
    assert "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=0123456789abcdef" in first
    assert "/cva_w/" in second
    assert "LAYER=cva&" in second
    assert told["subdomains"] == "01234567"
    assert (told["attribution"], told["approval"]) == ("© 天地图", "GS(2024)0650号")


def test_other_servers_are_told_as_they_are(tmp_path):
    _, inner, gov = map(basemaps.shown, read(tmp_path, GOOD))
    assert (inner["kind"], inner["gcj02"]) == ("tiles", True)
    assert (gov["kind"], gov["layers"], gov["gcj02"]) == ("wms", "road,water", False)
    assert gov["version"] == "1.1.1"


def test_the_page_may_take_pictures_from_these_hosts_only(tmp_path):
    assert basemaps.hosts(read(tmp_path, GOOD)) == [
        "http://10.0.0.5",
        "https://maps.gov.example",
        *[f"https://t{n}.tianditu.gov.cn" for n in range(8)],
    ]


def test_each_subdomain_is_a_host_of_its_own(tmp_path):
    # a policy knows `*.host` and nothing like `t*.host`
    text = (
        "bases: [{name: a, title: A, kind: xyz, subdomains: '01',"
        " url: 'http://t{s}.maps.gov.example:8080/{s}/{z}/{x}/{y}.png'}]"
    )
    assert basemaps.hosts(read(tmp_path, text)) == [
        "http://t0.maps.gov.example:8080",
        "http://t1.maps.gov.example:8080",
    ]


def test_a_fault_of_the_file_does_not_tell_its_key(tmp_path):
    with pytest.raises(BadConfiguration) as why:
        read(tmp_path, "bases:\n  - {name: a, key: 0123456789abcdef, title: 'A}\n")
    assert "line" in str(why.value)
    assert "0123456789" not in str(why.value)


def test_a_key_may_lie_in_a_file_of_its_own(tmp_path):
    (tmp_path / "tk").write_text("fedcba9876543210\n", encoding="utf-8")
    text = "bases: [{name: a, title: A, kind: tianditu, layers: [img, cia], key_file: tk}]"
    assert "tk=fedcba9876543210" in basemaps.shown(read(tmp_path, text)[0])["urls"][0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bases: []", "write a list"),
        ("bases: {", "cannot be read"),
        ("bases: [{name: a, title: A, kind: google}]", "google"),
        ("bases: [{name: a, title: A, kind: xyz, colour: red}]", "colour"),
        ("bases: [{name: None, title: A, kind: tianditu, key: 0123456789}]", "name: small"),
        ("bases: [{name: a, title: ' ', kind: tianditu, key: 0123456789}]", "title:"),
        ("bases: [{name: a, title: A, kind: tianditu}]", "console.tianditu"),
        ("bases: [{name: a, title: A, kind: tianditu, key: 0123456789, layers: [vip]}]", "vip"),
        ("bases: [{name: a, title: A, kind: xyz, url: 'http://x/{z}/{x}'}]", "{y} is missing"),
        ("bases: [{name: a, title: A, kind: xyz, url: 'x/{z}/{x}/{y}'}]", "begin with http"),
        (
            'bases: [{name: a, title: A, kind: xyz, url: "http://a;b/{z}/{x}/{y}"}]',
            "that no host has",
        ),
        ("bases: [{name: a, title: A, kind: xyz, url: 'http://{s}.x/{z}/{x}/{y}'}]", "subdomains"),
        ("bases: [{name: a, title: A, kind: wms, url: 'http://x/wms'}]", "layers:"),
        ("bases: [{name: a, title: A, kind: xyz, url: 'http://x/{z}/{x}/{y}{r}.png'}]", "of {r}"),
        ("bases: [{name: a, title: A, kind: wms, url: 'http://x?l={z}', layers: [b]}]", "of {z}"),
        (
            "bases: [{name: a, title: A, kind: wms, url: 'http://x', layers: [b], version: '1.2'}]",
            "1.1.1 or 1.3.0",
        ),
        ("bases: [{name: a, title: A, kind: file, file: a.zip}]", ".pmtiles or .mbtiles"),
        ("bases: [{name: a, title: A, kind: file, file: a.mbtiles}]", "there is no a.mbtiles"),
        (
            "bases: [{name: a, title: A, kind: wms, url: 'http://x', layers: [b], crs: bd09}]",
            "bd09",
        ),
    ],
)
def test_a_fault_is_named_with_its_mend(tmp_path, text, said):
    with pytest.raises(BadConfiguration) as why:
        read(tmp_path, text)
    assert any(said in fault for fault in why.value.faults), why.value.faults


def test_all_faults_come_at_once(tmp_path):
    text = (
        "bases: [{name: a, title: A, kind: tianditu}, {name: a, title: '', kind: wms, url: 'x'},"
        " {name: b, title: B, kind: xyz, url: 'http://x/{z}/{x}/{y}', min_zoom: 9, max_zoom: 3}]"
    )
    with pytest.raises(BadConfiguration) as why:
        read(tmp_path, text)
    assert len(why.value.faults) == 6
    assert "two bases are called a" in why.value.faults[-1]
