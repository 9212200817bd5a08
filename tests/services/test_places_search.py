"""Search over everything on the map, and the addresses of orders that become places."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from app.city import open_city
from app.config import load_settings
from app.domain.people import Worker
from app.domain.readings import Device
from app.domain.resources import Resource, Sort, State
from app.domain.warnings import RULE as WARNING
from app.errors import BadConfiguration, NotAllowed
from app.services import cases, places, places_known, places_open, places_search, reports
from app.store import resources as kept
from geodata.gazetteer_file import read_places
from tests import cast
from tests.things import a_case, an_alert
from tests.web.things import raise_alert

NAMES = """name,kind,lon,lat,crs
清潭三村15幢,building,119.92913,31.76547,wgs84
常州大剧院,poi,119.9291,31.7651,wgs84
怀德苑菜场,estate,119.9450,31.7770,wgs84
"""


@pytest.fixture
def named_city(city, tmp_path):
    """The city with a place-name file."""
    (tmp_path / "places.csv").write_text(NAMES, encoding="utf-8")
    return replace(city, places=read_places(tmp_path / "places.csv", city.areas))


@pytest.fixture
def pump(city) -> Device:
    """A device in the grid of the cast."""
    lon, lat = city.areas.area(cast.GRID).polygon.representative_point().coords[0]
    device = Device(
        code="PMP-0007",
        n=0,
        kind="pump",
        name="童子河泵站",
        lon=lon,
        lat=lat,
        area=cast.GRID,
        period_s=60,
    )
    return city.live.register([device], [city.areas.grid_index(cast.GRID)])[0]


def _hits(city, words, user=cast.DUTY):
    return [(hit["kind"], hit["name"]) for hit in places_search.search(city, user, words)]


@pytest.mark.parametrize("words", ["PMP-0007", "pmp-00", "童子河", "tzhbz", "tongzihe", "泵站"])
def test_a_device_by_code_name_pinyin_and_initials(city, pump, words):
    assert ("device", "童子河泵站") in _hits(city, words)


@pytest.mark.parametrize("words", ["童子 0007", "泵站 pmp", "tongzihe 0007", "0007 站 tzh"])
def test_several_words_have_to_fit_all(city, pump, words):
    assert ("device", "童子河泵站") in _hits(city, words)
    assert ("device", "童子河泵站") not in _hits(city, words + " 0008")


@pytest.mark.parametrize("words", ["ＰＭＰ－０００７", "３２０４０４１１６", "　邹区　"])
def test_letters_and_digits_of_full_width_are_what_they_mean(city, pump, words):
    assert {"童子河泵站", "邹区镇"} & {name for _, name in _hits(city, words)}


@pytest.mark.parametrize("words", ["童子河泵戰", "童紫河", "童zi河"])
def test_what_no_name_is_written_like_is_found_by_its_sound_and_says_so(city, pump, words):
    hits = places_search.search(city, cast.DUTY, words)
    assert ("device", "童子河泵站", True) in [(h["kind"], h["name"], h["heard"]) for h in hits]
    assert not any("heard" in hit for hit in places_search.search(city, cast.DUTY, "童子河"))
    assert _hits(city, words, cast.STRANGER) == []


@pytest.mark.parametrize("words", ["buyi", "boyi", "byqswz", "卜弋"])
def test_a_character_that_is_read_in_two_ways_is_found_by_both(city, words):
    where = {"lon": 119.79, "lat": 31.71, "area": cast.GRID, "period_s": 60}
    bridge = Device(code="RVR-0009", n=0, kind="river", name="卜弋桥水位站", **where)
    city.live.register([bridge], [city.areas.grid_index(cast.GRID)])
    assert ("device", "卜弋桥水位站") in _hits(city, words)


@pytest.mark.parametrize(
    "words", ["\ud83d", "桥\ud83d", "'", '"', "<b>", "%", "_", "\\", "\x00", "😀" * 90]
)
def test_nothing_that_somebody_pastes_is_an_error(city, words):
    assert isinstance(_hits(city, words), list)


@pytest.mark.parametrize("words", ["320404116", "邹区", "zqz", "zouquzhen"])
def test_an_area(city, words):
    assert ("area", "邹区镇") in _hits(city, words)


def test_a_worker_and_a_case(city, case):
    assert ("worker", "张网格") in _hits(city, "zwg")
    assert ("worker", "张网格") in _hits(city, "W001")
    assert ("case", case.title) in _hits(city, case.id.lower())
    assert ("case", case.title) in _hits(city, "bllj")


def test_what_was_opened_and_ended_since_the_last_letter_is_known(city, case):
    assert ("case", case.title) in _hits(city, "bllj")
    alert = raise_alert(city, device="CH4-77")
    assert ("alert", alert.title) in _hits(city, "ch4-77")
    assert ("case", alert.title) in _hits(city, alert.title[:4])
    cases.void(city, case.id, by=cast.DISPATCHER, note="重复")
    assert ("case", case.title) not in _hits(city, "bllj")
    assert ("case", case.title) in _hits(city, case.id)  # its whole number still finds it


def test_what_is_opened_while_a_text_is_written_is_known_to_the_next_letter(city, monkeypatch):
    """The text is written in a thread; meanwhile another greenlet searches and learns more."""
    meanwhile = []

    def aside(work):
        text = work()
        while meanwhile:
            meanwhile.pop(0)()
        return text

    monkeypatch.setattr(places_open, "aside", aside)
    _hits(city, "bllj")
    title = raise_alert(city, device="CH4-77").title
    meanwhile += [lambda: raise_alert(city, device="CH4-78"), lambda: _hits(city, title)]
    assert _hits(city, title).count(("case", title)) == 1
    assert not meanwhile
    assert _hits(city, title).count(("case", title)) == 2


def test_of_many_cases_that_fit_alike_the_newest_come_first(city):
    with city.ledger.begin() as tx:
        for n in range(300):
            opened = city.now() + timedelta(seconds=n)
            tx.add(a_case(f"ZL{n:03d}", source_id=f"s{n}", title="占道经营", opened_at=opened))
    for words in ("占道", "zdjy", "zhandao"):
        hits = places_search.search(city, cast.DUTY, words, each=3)
        assert [hit["code"] for hit in hits if hit["kind"] == "case"] == ["ZL299", "ZL298", "ZL297"]
    assert _hits(city, "占道", cast.STRANGER) == []


def test_a_warning_around_ones_scope_is_found(city):
    with city.ledger.begin() as tx:
        tx.add(an_alert("W1", rule=WARNING, title="暴雨红色预警", area="320404"))
        tx.add(an_alert("A1", title="暴雨积水", area="320404"))
    assert _hits(city, "暴雨", cast.STRANGER) == [("alert", "暴雨红色预警")]


def test_resources_are_found_at_once_and_workers_within_a_minute(city, clock):
    assert _hits(city, "消防二队") == _hits(city, "王小虎") == []
    where = {"area": cast.GRID, "lon": 119.9, "lat": 31.8, "unit": "", "body": {}}
    team = {"id": "T2", "sort": Sort.TEAM, "name": "消防二队", "kind": "消防"}
    worker = Worker(id="W909", name="王小虎", unit="U01", grid=cast.GRID)
    with city.ledger.begin() as tx:
        kept.put(tx, [Resource(**team, **where, state=State.READY, updated=city.now())])
        tx.put(worker)
    assert _hits(city, "xfed") == [("resource", "消防二队")]
    clock.advance(seconds=61)
    assert _hits(city, "wxh") == [("worker", "王小虎")]
    assert _hits(city, "wxh", cast.STRANGER) == []


def test_an_address_says_that_it_is_only_about(city):
    hit = places_search.search(city, cast.DUTY, "清潭三村15幢附近")[0]
    assert (hit["kind"], hit["code"]) == ("address", "320404002012")
    assert "约" in hit["about"]
    assert 0.9 < hit["confidence"] < 1


def test_a_name_of_the_file_by_its_initials(named_city):
    assert ("address", "常州大剧院") in _hits(named_city, "czdjy")


def test_nobody_finds_what_he_may_not_see(city, pump, case):
    assert not _hits(city, "童子河", cast.STRANGER)
    assert not _hits(city, case.id, cast.STRANGER)
    assert not _hits(city, "张网格", cast.STRANGER)
    assert ("area", "新中社区") not in _hits(city, "新中", cast.STRANGER)
    with pytest.raises(NotAllowed):
        places_search.search(city, cast.ZHANG, "童子河")


def test_nothing_asked_and_nothing_found(city):
    assert not _hits(city, "  ")
    assert not _hits(city, "xyzzy")


def _order(an_order, address: str, **other):
    plain = {
        "lon": None,
        "lat": None,
        "address": address,
        "title": "路灯不亮",
        "content": "路灯不亮",
    }
    return an_order(**plain | other)


def _placed(city, order) -> places.Placed:
    with city.ledger.read() as tx:
        return places.settle(city, tx, order)


@pytest.mark.parametrize(
    ("address", "area", "sure"),
    [
        ("清潭三村15幢附近", "320404002012", True),
        ("钟楼区新闸街道凌家社区", "320404007007", True),
        ("清潭二村5幢", "320404", False),
        ("清潭新村5幢", "320404002", True),  # one of three communities of one street
        ("泰村", "320404116", True),  # the village or the community of that name
        ("凌家社区", "320404", False),  # one of two, in two streets
        ("邹区镇清潭三村", "320404", False),
        ("天宁区红梅街道", "320404", False),
        ("钟楼区", "320404", False),
        ("某某路1号", "320404", False),
    ],
)
def test_an_order_without_a_point(city, an_order, address, area, sure):
    placed = _placed(city, _order(an_order, address))
    assert (placed.area, placed.confidence > 0) == (area, sure)
    assert placed.lon is None  # areas are no points
    assert placed.note.startswith("位置")
    assert ("约" in placed.about) == sure


def test_the_title_and_the_text_help_where_the_address_says_nothing(city, an_order):
    assert _placed(city, _order(an_order, "", title="新中社区路灯不亮")).area == cast.COMMUNITY
    told = _order(an_order, "五星街道", content="新中社区的路灯不亮")
    assert _placed(city, told).area == cast.COMMUNITY
    elsewhere = _order(an_order, "邹区镇", content="新中社区的路灯不亮")
    assert _placed(city, elsewhere).area == cast.OTHER_STREET


def test_a_house_is_drawn_about_where_it_is(named_city, an_order):
    exact = _placed(named_city, _order(an_order, "清潭三村15幢"))
    assert (exact.lon, exact.lat) == (119.929, 31.765)  # coarser: its number is masked
    assert exact.spot == (119.92913, 31.76547)  # for who may read the address
    assert "15" not in exact.note + exact.about
    known = _placed(named_city, _order(an_order, "常州大剧院"))
    assert (known.lon, known.lat) == (119.9291, 31.7651)


def test_a_device_is_a_place(city, pump, an_order):
    placed = _placed(city, _order(an_order, "童子河泵站对面"))
    assert (placed.area, placed.lon is not None) == (cast.GRID, True)


def test_the_case_says_about_and_keeps_nothing_personal(named_city, an_order):
    city = named_city
    order = _order(an_order, "钟楼区清潭三村15幢乙单元502室张小明家")
    city.live.accept([order], int(city.now().timestamp() * 1000))
    assert reports.open_waiting(city, "c1") == 1
    with city.ledger.read() as tx:
        case = tx.case_of("hotline", "G1")
        told = msgspec.json.encode(tx.trail(case.id)[0].body).decode()
        kept = tx.order("G1")
    assert kept.lon is None  # what was said stays as it was said
    assert case.address.endswith("）")
    assert "（约：" in case.address
    assert "可信度" in case.note
    assert not [word for word in ("15幢", "502", "张小明") if word in told]


def test_the_gazetteer_is_built_again_for_new_devices_alone(city, clock, pump):
    first, still = places_known.gazetteer(city), places_known.gazetteer(city, devices=False)
    assert places_known.gazetteer(city) is first
    clock.advance(minutes=11)
    assert places_known.gazetteer(city) is not first
    assert places_known.gazetteer(city, devices=False) is still


def test_a_wrong_file_of_names_refuses_to_start(settings, tmp_path):
    (tmp_path / "names.csv").write_text("name\n", encoding="utf-8")
    wrong = load_settings(**settings.model_dump() | {"places": tmp_path / "names.csv"})
    with pytest.raises(BadConfiguration, match="columns are missing"):
        open_city(wrong)
