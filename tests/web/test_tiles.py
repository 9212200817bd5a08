"""Tiles of our own base map files: MBTiles and PMTiles, raster and vector, by the real server."""

import gzip
import io
import sqlite3
from dataclasses import replace

import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

import callbacks
from app.config import load_settings
from app.domain.basemaps import load_bases
from app.store.tiles import BadTiles, open_tiles
from app.web.server import build
from tests import cast
from tests.web.conftest import Browser

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
CREDIT = '<a href="https://example.org/">© OpenStreetMap</a> &amp; others'
MVT = b"\x1a\x05water"


@pytest.fixture
def folder(tmp_path):
    _mbtiles(tmp_path / "city.mbtiles")
    _pmtiles(tmp_path / "city.pmtiles")
    (tmp_path / "bases.yaml").write_text(
        "bases:\n"
        "  - {name: mb, title: 影像, kind: file, file: city.mbtiles, approval: 苏S(2024)1号}\n"
        "  - {name: pm, title: 矢量, kind: file, file: city.pmtiles, dark: true}\n"
        "  - {name: tdt, title: 天地图, kind: tianditu, key: 0123456789abcdef}\n",
        encoding="utf-8",
    )
    return tmp_path


def _mbtiles(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data)")
        db.execute("INSERT INTO metadata VALUES ('format', 'png')")
        # rows of MBTiles are counted from the south: y 1666 of 4096 from the north is row 2429
        db.execute("INSERT INTO tiles VALUES (12, 3412, ?, ?)", (4095 - 1666, PNG))


def _pmtiles(path):
    with open(path, "wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(12, 3412, 1666), gzip.compress(MVT))
        head = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_zoom": 12,
            "max_zoom": 12,
            "min_lon_e7": 0,
            "min_lat_e7": 0,
            "max_lon_e7": 1,
            "max_lat_e7": 1,
            "center_zoom": 12,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(head, {"attribution": CREDIT})


@pytest.fixture
def browser(world, city, folder):  # noqa: ARG001  # the world gives everybody a password
    bases = load_bases(folder / "bases.yaml")
    return Browser(*build(replace(city, bases=bases), callbacks.screens()))


def test_a_tile_of_each_file_comes_plain_and_rows_count_from_the_north(browser):
    browser.sign_in(cast.DUTY)
    raster = browser.http.get("/tiles/mb/12/3412/1666")
    assert (raster.status_code, raster.mimetype, raster.data) == (200, "image/png", PNG)
    vector = browser.http.get("/tiles/pm/12/3412/1666")
    assert (vector.mimetype, vector.data) == ("application/x-protobuf", MVT)
    assert "max-age" in vector.headers["Cache-Control"]


@pytest.mark.parametrize("place", ["12/3412/1667", "5/1/1", "12/4096/0", "40/0/0", "12/0/99999"])
def test_where_a_file_has_no_tile_nothing_is_drawn_and_nothing_is_wrong(browser, place):
    browser.sign_in(cast.DUTY)
    assert browser.http.get(f"/tiles/pm/{place}").status_code == 204
    answer = browser.http.get(f"/tiles/mb/{place}")
    picture = Image.open(io.BytesIO(answer.data)).convert(
        "RGBA"
    )  # a browser takes an empty one for a fault
    assert (answer.status_code, answer.mimetype, picture.getpixel((0, 0))[3]) == (
        200,
        "image/png",
        0,
    )


def test_tiles_are_for_who_is_signed_in_and_of_our_bases_only(browser):
    assert browser.http.get("/tiles/mb/12/3412/1666").status_code == 302
    browser.sign_in(cast.DUTY)
    assert browser.http.get("/tiles/tdt/12/3412/1666").status_code == 404
    assert browser.http.get("/tiles/..%2Fetc/12/3412/1666").status_code == 404


def test_the_policy_lets_pictures_come_from_the_configured_hosts(browser):
    policy = browser.http.get("/login").headers["Content-Security-Policy"]
    pictures = next(part for part in policy.split("; ") if part.startswith("img-src"))
    eight = " ".join(f"https://t{n}.tianditu.gov.cn" for n in range(8))
    assert pictures == f"img-src 'self' data: blob: {eight}"


def test_the_page_is_told_what_a_file_is(browser, city, folder):
    from app.services import basemaps

    told = basemaps.told(replace(city, bases=load_bases(folder / "bases.yaml")))
    raster, vector, _ = told
    assert (raster["kind"], raster["min_zoom"], raster["max_zoom"]) == ("tiles", 12, 12)
    assert raster["urls"] == ["/tiles/mb/{z}/{x}/{y}"]
    assert (vector["kind"], vector["dark"]) == ("vector", True)
    assert (
        vector["attribution"] == "© OpenStreetMap & others"
    )  # what the file says, without its links


@pytest.mark.parametrize("name", ["junk.mbtiles", "junk.pmtiles"])
@pytest.mark.parametrize("bytes_", [b"", b"junk" * 100, b"PMTiles\x03" + bytes(200)])
def test_a_file_that_is_none_is_refused_at_start(tmp_path, name, bytes_):
    path = tmp_path / name
    path.write_bytes(bytes_)
    with pytest.raises(BadTiles, match=r"junk\."):
        open_tiles(str(path))


def test_the_city_does_not_start_with_it_and_says_which(tmp_path, monkeypatch):
    from app.city import open_city
    from app.errors import BadConfiguration

    (tmp_path / "a.mbtiles").write_bytes(b"junk")
    bases = tmp_path / "bases.yaml"
    bases.write_text("bases: [{name: a, title: A, kind: file, file: a.mbtiles}]", encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"base a: a\.mbtiles"):
        open_city(load_settings(var=tmp_path, bases=bases))
