"""The addresses of components: bytes near and from far out, JSON of one, refusals in one shape."""

from __future__ import annotations

import numpy as np
import pytest

from app.city import City
from app.services import components_import, components_made
from app.store.components import Edition
from app.web.components import CELL, CELLS, NEAR, NOTHING, POINTS
from geodata.components_file import open_components
from tests import cast

HEAD = np.dtype("<u4")
ALL = "box=119.6,31.6,120.2,32.0"


@pytest.fixture
def edition(city: City) -> Edition:
    file = city.settings.var / "made.csv"
    components_made.write(city.areas, 800, file)
    components_import.put(city, components_import.attempt(city, open_components(file), "wgs84", {}))
    found = city.components.current()
    assert found is not None
    return found


def read(body: bytes) -> tuple[list[int], list[int], np.ndarray]:
    """The head, the districts and the records of an answer."""
    head = np.frombuffer(body, HEAD, 5).tolist()
    districts = np.frombuffer(body, HEAD, head[4], offset=20).tolist()
    rest = body[20 + 4 * head[4] :]
    kind = {POINTS: NEAR, CELLS: CELL, NOTHING: NEAR}[head[0]]
    return head, districts, np.frombuffer(rest, kind)


def test_without_an_import_the_answer_is_empty(as_user) -> None:
    head, _, records = read(as_user(cast.DUTY).get(f"/api/v1/components?{ALL}&zoom=12").data)
    assert head == [NOTHING, 0, 0, 0, 0]
    assert not len(records)


def test_near_come_records_of_16_bytes_with_their_marks(as_user, edition: Edition) -> None:
    answer = as_user(cast.COMMANDER).get(f"/api/v1/components?{ALL}&zoom=16")
    head, districts, near = read(answer.data)
    assert answer.mimetype == "application/octet-stream"
    assert NEAR.itemsize == 16
    assert head[:4] == [POINTS, len(near), len(near), 0]
    assert districts == [320404]
    codes = 320404 * 10**11 + near["kind"].astype(np.int64) * 10**6 + near["serial"]
    rows = [edition.columns.row_of(int(code)) for code in codes]
    assert min(rows) >= 0
    assert (edition.columns.lon[rows] == near["lon"]).all()
    assert (edition.columns.state[rows] == near["state"]).all()


def test_far_out_come_cells_of_32_bytes(as_user, edition: Edition) -> None:
    get = as_user(cast.COMMANDER).get
    head, _, cells = read(get(f"/api/v1/components?{ALL}&zoom=11.4").data)
    assert CELL.itemsize == 32
    assert head[0] == CELLS
    assert head[3] == 13
    assert head[2] == int(cells["counts"].sum())
    _, _, some = read(get(f"/api/v1/components?{ALL}&zoom=11.4&majors=02,03").data)
    assert int(some["counts"][:, [0, 3, 4]].sum()) == 0


def test_one_and_the_names_of_the_kinds(as_user, edition: Edition) -> None:
    get, ground = as_user(cast.DUTY).get, edition.columns
    row = int(np.flatnonzero(ground.state == 0)[0])
    code = str(int(ground.code[row]))
    assert get(f"/api/v1/components/{code}").json["id"] == code
    assert get("/api/v1/components/kinds").json["01037"] == "路灯"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?zoom=12", 422),
        ("?box=1,2,3&zoom=12", 422),
        ("?box=nan,31,120,32&zoom=12", 422),
        ("?box=120,31,119,32&zoom=12", 422),
        (f"?{ALL}", 422),
        (f"?{ALL}&zoom=nan", 422),
        (f"?{ALL}&zoom=99", 422),
        (f"?{ALL}&zoom=12&majors=09", 422),
        ("/x", 404),
        ("/32040401037999999", 404),
    ],
)
def test_wrong_questions_are_refused_in_one_shape(as_user, path: str, status: int) -> None:
    answer = as_user(cast.DUTY).get(f"/api/v1/components{path}")
    assert answer.status_code == status
    assert set(answer.json["error"]) == {"code", "message", "fields"}


def test_field_people_and_the_administrator_see_none(as_user) -> None:
    for user in (cast.ZHANG, cast.ADMIN):
        assert as_user(user).get(f"/api/v1/components?{ALL}&zoom=12").status_code == 403
