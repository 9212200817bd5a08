"""Places against a survey, by file and by message; swapped coordinates; the registry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.readings import Telemetry
from app.errors import BadConfiguration, Rejected
from app.services import ingest
from geodata.coordinates import wgs84_to_gcj02
from streams import placecheck, wire
from streams.feeds_try import attempt
from streams.sourcefile import read

NOW = 1_795_165_200_000
TRUE = {f"D{i}": (119.92 + i * 0.004, 31.77 + i * 0.002) for i in range(4)}
SOURCES = """\
sources:
  - name: lora
    dialect: profile
    owner: 市政
    crs: wgs84
    kind: river
    period_s: 600
    quiet_s: 1800
    topics: ["plant/{device}"]
    metrics: {level: level}
    options: {records: d, device: id, lon: x, lat: y}
"""


def csv(tmp_path, text: str):
    path = tmp_path / "survey.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def surveyed(tmp_path):
    lines = [f"{code},{x},{y}" for code, (x, y) in TRUE.items()]
    return csv(tmp_path, "\n".join(["device,lon,lat", *lines]))


def moved(spot: tuple[float, float]) -> tuple[float, float]:
    x, y = wgs84_to_gcj02(*spot)
    return float(x), float(y)


def said(code: str, spot: tuple[float, float], feed: str = "lora") -> Telemetry:
    lon, lat = spot
    return Telemetry(
        device=code, kind="river", at=NOW, metrics={"level": 3.0}, lon=lon, lat=lat, feed=feed
    )


def test_a_survey_is_read_whole(tmp_path) -> None:
    assert placecheck.survey(surveyed(tmp_path)) == TRUE


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("device,lon\nD1,119", "column lat is missing"),
        ("", "column device, lat, lon is missing"),
        ("device,lon,lat\nD1,119.9,31.7\nD2,east,31", "survey.csv:3: no device, or no place"),
        ("device,lon,lat\n,119.9,31.7", "survey.csv:2: no device"),
        ("device,lon,lat\nD1,nan,31.7", "survey.csv:2:"),
        ("device,lon,lat\nD1,119.9", "survey.csv:2:"),
        ("device,lon,lat\nD1,31.7,119.9", "survey.csv:2:"),
    ],
)
def test_a_wrong_survey_says_where(tmp_path, text, fault) -> None:
    with pytest.raises(BadConfiguration, match=fault):
        placecheck.survey(csv(tmp_path, text))


def test_a_survey_that_is_not_there(tmp_path) -> None:
    with pytest.raises(BadConfiguration, match="cannot be read"):
        placecheck.survey(tmp_path / "none.csv")


def test_a_message_is_held_against_the_survey() -> None:
    shifted = placecheck.compare([said(c, moved(s)) for c, s in TRUE.items()], TRUE)
    assert "write `crs: gcj02`" in placecheck.sentence(shifted)
    right = placecheck.compare([said(c, s) for c, s in TRUE.items()], TRUE)
    assert placecheck.sentence(right) == (
        "0 of 4 stand elsewhere: no shift: the places are right, or wrong in no common way"
    )
    few = placecheck.compare([said("D0", moved(TRUE["D0"]))], TRUE)
    assert "fewer than 3 prove nothing" in placecheck.sentence(few)
    nobody = placecheck.compare([said("X", (119.9, 31.7))], TRUE)
    assert placecheck.sentence(nobody) == "no device of the survey is known here"


def test_the_devices_of_the_city_are_held_against_the_survey(city, tmp_path) -> None:
    path = surveyed(tmp_path)
    assert placecheck.check(city, path, keep=False) == ["no device of the survey is known here"]
    ingest.observe(city, [said(c, moved(s)) for c, s in TRUE.items()], NOW)
    (line,) = placecheck.check(city, path, keep=False)
    assert line.startswith("lora: 4 of 4 stand elsewhere (median ")
    assert not city.live.flags()
    placecheck.check(city, path, keep=True)
    assert city.live.flags()["lora"]["gcj02"]["devices"] == 4


def test_trying_a_message_says_whether_its_places_are_shifted(tmp_path, capsys) -> None:
    rows = ",".join(
        '{"id": "%s", "x": %r, "y": %r, "level": 3.0}' % (code, *moved(spot))  # noqa: UP031
        for code, spot in TRUE.items()
    )
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "message.json").write_text(f'{{"d": [{rows}]}}')
    sample = tmp_path / "message.json"
    assert attempt(tmp_path / "sources.yaml", sample, survey=surveyed(tmp_path)) == 0
    assert "places: 4 of 4 stand elsewhere" in capsys.readouterr().out


def test_the_registry_knows_what_the_file_says(city) -> None:
    sources, faults = read(SOURCES, "sources.yaml")
    assert not faults
    placecheck.declare(city, sources)
    own, lora = city.live.sources().values()
    assert (own["name"], own["dialect"], own["crs"]) == ("city", "own", "wgs84")
    assert lora == {
        "name": "lora",
        "dialect": "profile",
        "owner": "市政",
        "crs": "wgs84",
        "by": "mqtt",
        "clock": "device",
        "period_s": 600,
        "quiet_s": 1800,
        "kinds": ["river"],
        "topics": ["plant/{device}"],
    }
    placecheck.declare(city, [])
    assert list(city.live.sources()) == ["city"]


@pytest.mark.parametrize(
    ("lon", "lat"), [(31.78, 119.95), (43.8, 87.6), (29.65, 91.1), (18.25, 109.5), (39.5, 76.0)]
)
def test_swapped_places_are_named_in_the_whole_country(lon, lat) -> None:
    with pytest.raises(Rejected) as why:
        wire.place(lon, lat)
    assert why.value.reason == "swapped_lonlat"
    assert wire.place(lat, lon) == (lat, lon)


@given(st.floats(73, 135), st.floats(18, 54))
def test_every_place_of_the_country_passes_and_its_swap_does_not(lon, lat) -> None:
    assert wire.place(lon, lat) == (lon, lat)
    with pytest.raises(Rejected, match="swapped"):
        wire.place(lat, lon)


@given(st.floats(allow_nan=True), st.floats(allow_nan=True))
def test_any_two_numbers_are_a_place_or_rejected(lon, lat) -> None:
    if abs(lon) <= 180 and abs(lat) <= 90 and (lon or lat) and not (lat >= 73 and 18 <= lon <= 54):
        assert wire.place(lon, lat) == (lon, lat)
        return
    with pytest.raises(Rejected) as why:
        wire.place(lon, lat)
    assert why.value.reason in {"bad_place", "swapped_lonlat"}
