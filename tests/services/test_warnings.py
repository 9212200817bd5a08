"""Warnings become area alerts: in any order, however often, and they end."""

from __future__ import annotations

import itertools

import pytest

from app.domain.alerts import AlertStatus
from app.domain.facts import apply
from app.domain.levels import Level
from app.domain.warnings import RULE, MessageType, Zone
from app.errors import NotAllowed
from app.services import alerts, reports, views, warnings, watch_post
from app.services import clock as ticking
from tests import cast
from tests.cast import START
from tests.things import a_warning

AT = int(START.timestamp() * 1000)
HOUR = 3_600_000
HOME, STREET, OTHER = "320404", cast.STREET, cast.OTHER_STREET
ALERT, UPDATE, CANCEL = MessageType.ALERT, MessageType.UPDATE, MessageType.CANCEL


def standing(city):
    """The open alerts of warnings: area → level."""
    with city.ledger.read() as tx:
        return {a.area: a.level for a in tx.alerts(open=True) if a.rule == RULE}


def test_an_alert_in_its_colour_with_its_words(city, clock):
    (alert,) = warnings.take(city, a_warning())
    assert (alert.area, alert.level, alert.rule) == (HOME, Level.YELLOW, RULE)
    assert city.areas.locate_one(alert.lon, alert.lat).startswith(HOME)
    assert (alert.raised_at.timestamp() * 1000, alert.case_id) == (AT + 60_000, None)
    (fact,) = city.ledger.facts_after(0)
    assert (fact.kind, fact.who, fact.area) == ("alert.raised", "clock", HOME)
    assert fact.body["warning"]["instruction"] == "关好门窗"


def test_a_red_one_calls_but_opens_no_case(city):
    (alert,) = warnings.take(city, a_warning(level=Level.RED))
    assert (alert.level, alert.status, alert.case_id) == (Level.RED, AlertStatus.RAISED, None)
    case = alerts.open_case(city, alert.id, by=cast.DUTY)
    assert case.title == alert.title
    assert case.description == alert.title


def test_a_repeated_message_changes_nothing(city):
    warnings.take(city, a_warning())
    seq = city.ledger.last_seq()
    assert warnings.take(city, a_warning()) == []
    assert city.ledger.last_seq() == seq


def test_an_update_changes_level_text_and_areas_of_the_same_alert(city, clock):
    (first,) = warnings.take(city, a_warning())
    clock.advance(minutes=3)
    update = a_warning("A2", UPDATE, Level.ORANGE, refers=("A1",))
    (second,) = warnings.take(city, update)
    assert (second.id, second.level, second.title) == (first.id, Level.ORANGE, update.title)
    smaller = a_warning("A3", UPDATE, Level.ORANGE, (STREET,), refers=("A1", "A2"))
    warnings.take(city, smaller)
    assert standing(city) == {STREET: Level.ORANGE}


def test_a_worse_update_calls_again_and_a_milder_one_does_not(city, clock):
    (alert,) = warnings.take(city, a_warning())
    alerts.acknowledge(city, alert.id, by=cast.DUTY)
    (milder,) = warnings.take(city, a_warning("A2", UPDATE, Level.BLUE, refers=("A1",)))
    assert milder.status is AlertStatus.ACKNOWLEDGED
    (worse,) = warnings.take(city, a_warning("A3", UPDATE, Level.RED, refers=("A2",)))
    assert (worse.status, worse.acknowledged_by) == (AlertStatus.RAISED, None)
    assert worse.peak is Level.RED


def test_a_cancel_clears(city):
    (alert,) = warnings.take(city, a_warning())
    (after,) = warnings.take(city, a_warning("A2", CANCEL, refers=("A1",), zones=()))
    assert (after.id, after.status) == (alert.id, AlertStatus.CLEARED)
    assert standing(city) == {}


def test_nobody_cancels_the_warnings_of_another_source(city):
    warnings.take(city, a_warning())
    warnings.take(city, a_warning("A2", CANCEL, source="stranger", refers=("A1",)))
    assert standing(city) == {HOME: Level.YELLOW}


CHAIN = (
    a_warning("A1"),
    a_warning("A2", UPDATE, Level.ORANGE, (STREET, OTHER), refers=("A1",)),
    a_warning("A3", UPDATE, Level.RED, (STREET,), refers=("A2",)),
)
ENDED = (*CHAIN, a_warning("A4", CANCEL, refers=("A3",), zones=()))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_ends_the_same(city, order):
    for n in (*order, *order):
        warnings.take(city, CHAIN[n])
    assert standing(city) == {STREET: Level.RED}


@pytest.mark.parametrize("order", [(3, 0, 1, 2), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_a_cancel_ends_all_in_any_order(city, order):
    for n in (*order, *order):
        warnings.take(city, ENDED[n])
    assert standing(city) == {}


def test_it_runs_out(city, clock):
    warnings.take(city, a_warning())
    assert warnings.expire(city) == 0
    clock.advance(hours=7)
    assert warnings.expire(city) == 1
    assert standing(city) == {}
    assert [f.kind for f in city.ledger.facts_after(0)] == ["alert.raised", "alert.cleared"]
    assert warnings.expire(city) == 0


def test_one_that_is_over_when_it_comes_raises_nothing(city, clock):
    clock.advance(hours=7)
    assert warnings.take(city, a_warning()) == []


def test_an_update_prolongs(city, clock):
    warnings.take(city, a_warning())
    longer = a_warning("A2", UPDATE, refers=("A1",), expires=AT + 12 * HOUR)
    warnings.take(city, longer)
    clock.advance(hours=7)
    warnings.expire(city)
    assert standing(city) == {HOME: Level.YELLOW}


def test_elsewhere_is_known_and_forgotten_after_a_month(city, clock):
    city.live.accept([a_warning(codes=("110101",))], AT)
    assert reports.open_waiting(city, "one") == 1
    assert standing(city) == {}
    assert city.live.counts()["known:weather:elsewhere"] == 1
    clock.advance(hours=7)
    warnings.expire(city)
    assert warnings.forget_elsewhere(city) == 0
    clock.advance(days=31)
    assert warnings.forget_elsewhere(city) == 1


def test_through_the_stream_as_the_border_hands_it_in(city):
    city.live.accept([a_warning(), a_warning()], AT)
    assert reports.open_waiting(city, "one") == 2
    assert standing(city) == {HOME: Level.YELLOW}
    assert city.live.counts()["known:weather:repeated"] == 1


@pytest.mark.parametrize(
    ("codes", "warned"),
    [
        (("320404000000",), [HOME]),
        (("320400",), [HOME]),
        (("320000000000", "320404001"), [HOME]),
        (("100000",), [HOME]),
        (("320404001000", "320404116"), [STREET, OTHER]),
        (("320404001001",), [STREET]),
        (("320402",), []),
        (("330100",), []),
    ],
)
def test_codes(city, codes, warned):
    found = warnings.covered(city, (Zone(level=Level.BLUE, codes=codes),))
    assert [code for code, _ in found] == warned


@pytest.mark.parametrize(
    ("names", "warned"),
    [
        (("江苏省", "常州市", "钟楼区"), [HOME]),
        (("江苏", "常州"), [HOME]),
        (("江苏省",), [HOME]),
        (("钟楼区", "五星街道"), [STREET]),
        (("江苏省", "苏州市", "张家港市"), []),
        (("浙江省", "常州市"), []),
        ((), []),
    ],
)
def test_names(city, names, warned):
    found = warnings.covered(city, (Zone(level=Level.BLUE, names=names),))
    assert [code for code, _ in found] == warned


def test_all_streets_are_the_district_and_the_worse_level_wins_where_they_meet(city):
    streets = tuple(child.code for child in city.areas.children(HOME))
    assert warnings.covered(city, (Zone(level=Level.BLUE, codes=streets),)) == ((HOME, Level.BLUE),)
    zones = (Zone(level=Level.BLUE, codes=streets), Zone(level=Level.RED, codes=(HOME,)))
    assert warnings.covered(city, zones) == ((HOME, Level.RED),)
    partly = (Zone(level=Level.BLUE, codes=(HOME,)), Zone(level=Level.RED, codes=(STREET,)))
    assert warnings.covered(city, partly) == ((HOME, Level.BLUE), (STREET, Level.RED))


def test_shapes(city):
    lon, lat = city.areas.outline(STREET)["properties"]["label"]
    small = Zone(level=Level.RED, circles=((lon, lat, 100.0),))
    wide = Zone(level=Level.RED, circles=((lon, lat, 60_000.0),))
    point = Zone(level=Level.RED, circles=((lon, lat, 0.0),))
    far = Zone(level=Level.RED, polygons=(((1, 1), (2, 1), (2, 2), (1, 1)),))
    bow = ((119.7, 31.7), (120.0, 31.9), (120.0, 31.7), (119.7, 31.9), (119.7, 31.7))
    found = [
        dict(warnings.covered(city, (zone,)))
        for zone in (small, point, wide, far, Zone(level=Level.RED, polygons=(bow,)))
    ]
    assert found[:4] == [{STREET: 4}, {STREET: 4}, {HOME: 4}, {}]
    assert found[4]


def test_the_watch_leaves_the_alerts_of_warnings_alone(city):
    """Their rule stands in no file, which for a device's alert means: withdrawn."""
    warnings.take(city, a_warning())
    for partition in range(city.live.partitions):
        assert watch_post.take_post(city, partition, "one")
    assert standing(city) == {HOME: Level.YELLOW}


def test_the_live_contract_holds_for_all_of_it(city, clock):
    was = views.snapshot(city, cast.DUTY)
    for message in CHAIN[::-1]:
        warnings.take(city, message)
    warnings.take(city, a_warning("B9"))
    clock.advance(hours=1)
    for fact in city.feed.facts_after(0):
        was = apply(was, fact)
    now = views.snapshot(city, cast.DUTY)
    assert sorted(was["alerts"], key=lambda a: a["id"]) == sorted(
        now["alerts"], key=lambda a: a["id"]
    )


def test_escalation_goes_on_as_for_any_alert(city, clock):
    warnings.take(city, a_warning(level=Level.RED))
    clock.advance(minutes=4)
    assert _ticked(city) == 1


def _ticked(city) -> int:
    return ticking.tick(city)


def test_a_bare_cancel_leaves_the_words_to_be_read(city):
    (alert,) = warnings.take(city, a_warning())
    bare = dict.fromkeys(("event", "title", "issuer", "headline", "description"), "")
    warnings.take(city, a_warning("A2", CANCEL, refers=("A1",), zones=(), **bare))
    card = views.alert_card(city, cast.DUTY, alert.id)
    assert card["status"] == "cleared"
    assert (card["warning"]["headline"], card["warning"]["status"]) == (
        "常州市气象台发布A1",
        "cancelled",
    )


def test_the_streets_of_a_district_see_its_warning_and_cannot_confirm_it(city):
    (alert,) = warnings.take(city, a_warning())
    panel = views.alerts_panel(city, cast.DISPATCHER)
    assert [row["id"] for row in panel["alerts"]] == [alert.id]
    card = views.alert_card(city, cast.DISPATCHER, alert.id)
    assert card["warning"]["instruction"] == "关好门窗"
    assert card["may"] == []
    with pytest.raises(NotAllowed):
        alerts.acknowledge(city, alert.id, by=cast.DISPATCHER)
    assert views.alerts_panel(city, cast.DUTY)["total"] == 1


def test_the_other_streets_see_nothing_of_a_streets_warning(city):
    warnings.take(city, a_warning(codes=(STREET,)))
    assert views.alerts_panel(city, cast.STRANGER)["total"] == 0
    assert views.alerts_panel(city, cast.DISPATCHER)["total"] == 1
