"""Files of components become an edition: every form of file, every reason, upsert, other trees."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pytest
from shapely.geometry import LineString, Point

from app.city import City
from app.domain.components import STATES
from app.errors import Conflict, Invalid, Unavailable
from app.services import components, components_import, components_made
from app.services.components_import import Trial
from geodata.areas import AreaLevel, AreaTree
from geodata.components_file import open_components
from geodata.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from geodata.covering import circle
from geodata.importing import Unreadable
from tests.cast import COMMANDER

HEAD = "GLBJBSM,GLBJMC,GLBJZT,ZGBMMC,lon,lat"
LAMP = "32040401037000001"
PLACE = (119.9465, 31.7765)


def csv(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    file = folder / "parts.csv"
    file.write_bytes("\n".join((head, *rows, "")).encode(encoding))
    return file


def row(code: str, state: str = "完好", lon: float = PLACE[0], lat: float = PLACE[1]) -> str:
    return f"{code},路灯甲,{state},区城管局,{lon},{lat}"


def tried(city: City, file: Path, crs: str = "wgs84", **told: str) -> Trial:
    return components_import.attempt(city, open_components(file), crs, told)


def taken(city: City, file: Path, crs: str = "wgs84", **told: str) -> None:
    components_import.take(city, tried(city, file, crs, **told), "cli")


def test_a_try_changes_nothing_and_says_every_reason(city: City, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        row(LAMP),
        row(LAMP),
        row("3204040103700000"),  # 16 digits: 01-03, 700000
        row("12345"),
        row("32040401999000001"),
        row("32040409037000001"),
        row("32040401037000002", state="晃动"),
        row("32040401037000003", lon=121.4),
        "32040401037000004,路灯,完好,局,x,31.7",
        row("32040401037000005", lon=40_500_000.0),
        "32040401037000006,完好",
    )
    trial = tried(city, file)
    assert len(trial.rows.code) == trial.fresh == 2
    assert trial.tally.refused == {
        **{"code": 2, "kind": 1, "state": 1, "outside": 1, "place": 1, "degrees": 1},
        **{"duplicate": 1, "torn": 1},
    }
    assert any("12345" in said for said in trial.tally.examples["code"])
    assert city.components.current() is None


def test_bad_rows_have_the_numbers_that_a_person_counts(city: City, tmp_path: Path) -> None:
    file = csv(tmp_path, row(LAMP), f"{LAMP},路灯", "", row("1"), "", f"{LAMP},", row("2"))
    trial = tried(city, file)
    assert trial.tally.examples["torn"] == ["row 3", "row 7"]
    assert trial.tally.examples["code"] == ["row 5: '1' length", "row 8: '2' length"]
    assert (trial.tally.rows, trial.fresh) == (3, 1)


def test_an_excel_workbook_is_a_table(city: City, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD.split(","))
    sheet.append([LAMP, "路灯甲", "破损", "区城管局", *PLACE])
    sheet.append([])
    sheet.append([32040401037000124, "路灯乙", "完好", "区城管局", *PLACE])  # digits are lost
    sheet.append(["32040401037000003", "路灯丙", "完好", "区城管局", "无", PLACE[1]])
    book.create_sheet("说明")
    book.save(tmp_path / "parts.xlsx")
    trial = tried(city, tmp_path / "parts.xlsx")
    assert (trial.fresh, trial.tally.refused) == (1, {"code": 1, "place": 1})
    assert trial.tally.examples["code"] == ["row 4: '3.204040e+16' digits"]
    assert trial.tally.examples["place"] == ["row 5: '32040401037000003'"]
    with pytest.raises(Unreadable, match="cannot be read"):
        open_components(tmp_path / "parts.xlsx", layer="别的")


def test_what_is_taken_is_found_with_its_fields(city: City, tmp_path: Path) -> None:
    taken(city, csv(tmp_path, row(LAMP, state="破损")))
    one = components.one(city, COMMANDER, LAMP)
    assert one["state"] == "破损"
    assert (one["what"], one["kind"], one["major_name"]) == ("路灯", "01037", "市政公用设施")
    assert {f["abbr"]: f["value"] for f in one["fields"]}["ZGBMMC"] == "区城管局"
    assert one["area"] == city.areas.locate_one(*PLACE)
    fact = city.ledger.facts_after(0)[-1]
    assert (fact.kind, fact.who, fact.body["rows"]) == ("components.taken", "cli", 1)


def test_old_marks_become_new_ones_where_the_catalogue_has_a_successor(
    city: City, tmp_path: Path
) -> None:
    old, gone = "3204040102048188", "3204040199000001"
    trial = tried(city, csv(tmp_path, row(old), row(gone)))
    assert [str(code) for code in trial.rows.code] == ["32040401002048188"]
    assert trial.tally.notes["legacy"] == 1
    assert trial.tally.refused == {"kind": 1}
    components_import.take(city, trial, "cli")
    assert components.one(city, COMMANDER, old)["id"] == "32040401002048188"


def near(city: City) -> list[dict[str, Any]]:
    """What stands within some metres of the place."""
    rows: list[dict[str, Any]] = components.inside(city, COMMANDER, circle(*PLACE, 5))["rows"]
    return rows


def test_a_second_import_replaces_by_mark_and_keeps_the_rest(city: City, tmp_path: Path) -> None:
    other = "32040401037000002"
    taken(city, csv(tmp_path, row(LAMP), row(other)))
    trial = tried(city, csv(tmp_path, row(LAMP, state="移除"), row("32040401037000003")))
    assert (trial.fresh, trial.known) == (1, 1)
    components_import.take(city, trial, "cli")
    edition = city.components.current()
    assert edition is not None
    assert edition.told.rows == 3
    assert [f["rows"] for f in edition.told.files] == [2, 2]
    assert components.one(city, COMMANDER, LAMP)["state"] == "移除"
    assert components.one(city, COMMANDER, other)["state"] == "完好"
    assert {found["id"] for found in near(city)} == {other, "32040401037000003"}


def test_a_file_in_gbk_with_chinese_titles_is_read(city: City, tmp_path: Path) -> None:
    head = "管理部件标识码,管理部件名称,管理部件状态,主管部门名称,经度,纬度"
    taken(city, csv(tmp_path, row(LAMP), head=head, encoding="gb18030"))
    assert components.one(city, COMMANDER, LAMP)["name"] == "路灯甲"


def test_other_columns_are_named(city: City, tmp_path: Path) -> None:
    head = "编号,叫法,GLBJZT,ZGBMMC,东,北"
    file = csv(tmp_path, row(LAMP), head=head)
    with pytest.raises(Invalid, match="标识码"):
        tried(city, file)
    with pytest.raises(Invalid, match="坐标"):
        tried(city, file, GLBJBSM="编号")
    with pytest.raises(Invalid, match="没有“没有”这一列"):
        tried(city, file, GLBJBSM="没有")
    trial = tried(city, file, GLBJBSM="编号", GLBJMC="叫法", x="东", y="北")
    assert trial.rows.table["name"].to_pylist() == ["路灯甲"]


def test_the_system_of_the_coordinates_must_be_told(city: City, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="坐标系"):
        tried(city, csv(tmp_path, row(LAMP)), "")
    with pytest.raises(Unreadable):
        tried(city, csv(tmp_path, row(LAMP)), "epsg:99999999")


def test_places_of_other_systems_come_home(city: City, tmp_path: Path) -> None:
    lon, lat = (float(v) for v in wgs84_to_gcj02(*PLACE))
    trial = tried(city, csv(tmp_path, row(LAMP, lon=lon, lat=lat)), "gcj02")
    assert (trial.rows.lon[0], trial.rows.lat[0]) == pytest.approx(PLACE, abs=1e-7)
    frame = geopandas.GeoSeries([Point(*PLACE)], crs=4490).to_crs(
        4549
    )  # CGCS2000, 3 degrees, 120 E
    x, y = frame.x[0], frame.y[0]
    trial = tried(city, csv(tmp_path, row(LAMP, lon=x, lat=y)), "epsg:4549")
    assert (trial.rows.lon[0], trial.rows.lat[0]) == pytest.approx(PLACE, abs=1e-7)


def test_swapped_columns_are_hinted_at(city: City, tmp_path: Path) -> None:
    rows = [row(f"3204040103700000{i}", lon=PLACE[1], lat=PLACE[0]) for i in range(1, 9)]
    trial = tried(city, csv(tmp_path, *rows))
    assert trial.tally.refused["degrees"] == 8
    assert any("swapped" in hint for hint in trial.hints)


def test_a_file_that_moves_everything_together_is_hinted_at(city: City, tmp_path: Path) -> None:
    places = [(PLACE[0] + i / 1000, PLACE[1]) for i in range(20)]
    codes = [f"320404010370001{i:02d}" for i in range(20)]
    taken(
        city,
        csv(tmp_path, *(row(c, lon=x, lat=y) for c, (x, y) in zip(codes, places, strict=True))),
    )
    moved = [tuple(float(v) for v in wgs84_to_bd09(*p)) for p in places]
    again = csv(tmp_path, *(row(c, lon=x, lat=y) for c, (x, y) in zip(codes, moved, strict=True)))
    assert any("move by" in hint for hint in tried(city, again).hints)
    assert not tried(city, again, "bd09").hints


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
def test_files_with_shapes(city: City, tmp_path: Path, suffix: str) -> None:
    line = LineString([(119.9460, 31.7765), (119.9470, 31.7765)])
    frame = geopandas.GeoDataFrame(
        {
            "GLBJBSM": [LAMP, "32040402017000001"],
            "GLBJMC": ["路灯甲", "护栏乙"],
            "GLBJZT": ["", "丢失"],
        },
        geometry=[Point(*PLACE), line.centroid if suffix == "shp" else line],
        crs=4490,
    )
    file = tmp_path / f"parts.{suffix}"
    frame.to_file(file, encoding="gb18030" if suffix == "shp" else None)
    file.with_suffix(".cpg").unlink(missing_ok=True)
    taken(city, file, "wgs84" if suffix == "geojson" else "")
    assert components.one(city, COMMANDER, "32040402017000001")["name"] == "护栏乙"
    assert near(city)[0]["state"] in STATES


def test_what_cannot_be_read_says_why(city: City, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "broken.gpkg").write_text("no")
    for name in ("none.csv", "empty.csv", "broken.gpkg"):
        with pytest.raises(Unreadable):
            open_components(tmp_path / name)


def test_two_imports_at_once_are_refused(city: City, tmp_path: Path) -> None:
    first, second = (tried(city, csv(tmp_path, row(LAMP))) for _ in range(2))
    components_import.take(city, first, "cli")
    with pytest.raises(Conflict):
        components_import.take(city, second, "cli")
    with city.components.writing(), pytest.raises(Conflict), city.components.writing():
        pass


def test_an_import_without_a_single_good_row_is_not_taken(city: City, tmp_path: Path) -> None:
    trial = tried(city, csv(tmp_path, row("12345")))
    with pytest.raises(Conflict):
        components_import.take(city, trial, "cli")


def test_components_are_placed_anew_in_another_tree(city: City, tmp_path: Path) -> None:
    taken(city, csv(tmp_path, row(LAMP)))
    coarse = [a for a in city.areas.under("3204") if a.level is not AreaLevel.GRID]
    other = replace(city, areas=AreaTree(coarse, "320404"))
    with pytest.raises(Unavailable):
        components.one(other, COMMANDER, LAMP)
    assert components.of_layers(other, COMMANDER) == {}
    components_import.settle(other)
    assert components.one(other, COMMANDER, LAMP)["area"] == other.areas.locate_one(*PLACE)
    assert components_import.settle(other) == 0


def test_made_up_components_say_so_and_are_the_same_again(city: City, tmp_path: Path) -> None:
    files = tmp_path / "a.csv", tmp_path / "b.csv"
    for file in files:
        assert components_made.write(city.areas, 300, file) == 300
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_text().count("示意") == 300
    trial = tried(city, files[0])
    assert len(trial.rows.code) == 300
    components_made.seed(city)
    before = city.components.current()
    components_made.seed(city)
    assert city.components.current() is before


def test_old_editions_go_and_a_damaged_draft_hurts_nobody(city: City, tmp_path: Path) -> None:
    folder = city.settings.var / "components"
    for n in range(1, 5):
        taken(city, csv(tmp_path, row(f"3204040103700000{n}")))
        (folder / ".broken").mkdir()
    taken(city, csv(tmp_path, row("32040401037000009")))
    editions = [f for f in folder.iterdir() if f.is_dir()]
    assert len(editions) == 2
    assert json.loads((folder / "current.json").read_text()) in {f.name for f in editions}
    shutil.rmtree(folder)
    assert city.components.current() is None
