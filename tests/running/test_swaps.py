"""A role ends for other place names, and only for those that it could start with."""

from __future__ import annotations

from threading import Event

import pytest

from app.config import Settings
from app.swaps import Lookout
from geodata import imports, sources
from tests.waiting import until

HEAD = "name,kind,lon,lat,crs\n"
ROW = "怀德桥,poi,119.95,31.78,wgs84\n"


@pytest.fixture
def names(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text(HEAD + ROW)
    return file


def started(names, tmp_path) -> tuple[Lookout, Event]:
    stop = Event()
    lookout = Lookout(Settings(var=tmp_path, places=names), stop, every_s=0.02)
    lookout.start()
    return lookout, stop


def test_other_place_names_are_taken(names, tmp_path) -> None:
    lookout, stop = started(names, tmp_path)
    assert not stop.wait(0.2)
    names.write_text(HEAD + ROW + "西瀛门,poi,119.96,31.78,wgs84\n")
    until(stop.is_set)
    assert lookout.swapped


def test_a_wrong_file_ends_no_role_and_its_mended_one_is_taken(names, tmp_path, caplog) -> None:
    lookout, stop = started(names, tmp_path)
    names.write_text(HEAD + "怀德桥,poi,far,31.78,wgs84\n")
    until(lambda: "not taken" in caplog.text)
    assert "row 2" in caplog.text
    names.unlink()  # as an editor does for a moment
    until(lambda: "No such file" in caplog.text)
    assert not stop.is_set()
    names.write_text(HEAD + ROW + ROW)
    until(stop.is_set)
    assert lookout.swapped


def test_a_file_that_can_hardly_be_read_ends_neither_role_nor_lookout(
    names, tmp_path, caplog
) -> None:
    lookout, stop = started(names, tmp_path)
    names.write_text(HEAD + '"怀德桥' + ROW * 5_000)
    until(lambda: "row 2: check its quotes" in caplog.text)
    assert not stop.is_set()
    names.write_text(HEAD + ROW)
    until(stop.is_set)
    assert lookout.swapped


def test_other_areas_wait_for_place_names_that_a_role_can_start_with(
    names, tmp_path, caplog
) -> None:
    lookout, stop = started(names, tmp_path)
    names.write_text(HEAD + "怀德桥,poi,far,31.78,wgs84\n")
    until(lambda: "not taken" in caplog.text)
    settings = Settings(var=tmp_path, places=names)
    imports.write(tmp_path / "areas", sources.city_of(settings.city), imports.NONE)
    until(lambda: "areas wait" in caplog.text)
    assert not stop.is_set()
    names.write_text(HEAD + ROW)
    until(stop.is_set)
    assert lookout.swapped


def test_other_areas_are_taken(names, tmp_path) -> None:
    lookout, stop = started(names, tmp_path)
    city = sources.city_of(Settings(var=tmp_path).city)
    imports.write(tmp_path / "areas", city, imports.NONE)
    until(stop.is_set)
    assert lookout.swapped
