"""Views of the wall: what a scope covers and nothing else; ground, search, devices."""

from __future__ import annotations

import pytest

from app.errors import NotAllowed, NotFound
from app.services import views
from tests import cast
from tests.web.things import put_device, raise_alert

EVERYWHERE = (views.tiles, views.trend, views.alerts_panel, views.due_cases, views.layers)
WIDER = (views.strip, views.hotline, views.choropleth, views.cockpit, views.ground)


@pytest.mark.parametrize("view", EVERYWHERE + WIDER)
def test_an_area_outside_the_scope_is_refused(city, view) -> None:
    with pytest.raises(NotAllowed):
        view(city, cast.STRANGER, cast.STREET)
    with pytest.raises(NotAllowed):
        view(city, cast.ADMIN, "320404")
    with pytest.raises(NotFound):
        view(city, cast.DUTY, "999999")


@pytest.mark.parametrize("view", EVERYWHERE + WIDER)
def test_every_view_says_what_it_can_of_an_empty_city(city, view) -> None:
    assert view(city, cast.DUTY, None)


@pytest.mark.parametrize(
    ("user", "root"),
    [(cast.COMMANDER, "320404"), (cast.DUTY, "320404"), (cast.STRANGER, cast.OTHER_STREET)],
)
def test_everybody_starts_where_his_scope_lies(city, user, root) -> None:
    assert views.page(city, user)["root"] == root


def test_the_shift_ends_at_eight(city, clock) -> None:
    assert views.page(city, cast.DUTY)["shift"]["name"] == "day"
    clock.advance(hours=4)
    shift = views.page(city, cast.DUTY)["shift"]
    assert (shift["name"], shift["until"][11:16]) == ("night", "08:00")


def test_the_ground_has_a_path_children_and_grid_ranges(city) -> None:
    ground = views.ground(city, cast.DISPATCHER, cast.COMMUNITY)
    assert [step["code"] for step in ground["path"]] == [cast.STREET, cast.COMMUNITY]
    grids = city.areas.grids
    inside = [grids[i].code for first, last in ground["grids"] for i in range(first, last + 1)]
    assert inside == [g.code for g in grids if g.code.startswith(cast.COMMUNITY)]
    assert [f["id"] for f in ground["children"]["features"]][0] == 1
    (south, west), (north, east) = ground["bounds"]
    assert south < north
    assert west < east


def test_marks_under_a_click_are_named_when_they_may_be_seen(city) -> None:
    device, alert = put_device(city, "GAS-1"), raise_alert(city)
    hits = [
        {"type": "device", "n": device.n},
        {"type": "alert", "id": alert.id},
        {"type": "worker", "id": "W001"},
        {"type": "device", "n": 999},
    ]
    assert [one["code"] for one in views.named(city, cast.DUTY, hits)] == [
        "GAS-1",
        alert.id,
        "worker:W001",
    ]
    assert views.named(city, cast.STRANGER, hits) == []
