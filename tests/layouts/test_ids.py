"""Ids are unique, and every id of the wall stands on the wall."""

from layouts import admin_page, cockpit, ids, wall
from tests.layouts import reading, samples

SCALARS = {k: v for k, v in vars(ids).items() if k.isupper() and isinstance(v, str)}
ON_COCKPIT = {ids.COCKPIT_AT, ids.FIGURES, ids.EXCEPTIONS, ids.DOMAINS, ids.STREETS, ids.ROWS}
TABS = [f"/admin/{name}" for name in admin_page.TABS]
WHEN_NEEDED = {ids.SEARCH, ids.CARD_CURVE, ids.TREND, ids.TREND_NOTE, ids.TREND_HOURS}


def on_admin() -> set[str]:
    """The ids of the administration: of its frame, and of every tab."""
    found = reading.ids(admin_page.page(samples.page("sys_admin")))
    return found.union(*(reading.ids(admin_page.body(path)) for path in TABS))


def test_no_two_names_share_an_id():
    assert len(set(SCALARS.values())) == len(SCALARS)


def test_the_wall_has_every_id_but_those_of_the_cockpit():
    there = reading.ids(wall.page(samples.page()))
    assert set(SCALARS.values()) - there == ON_COCKPIT | WHEN_NEEDED | (on_admin() - there)


def cockpit_page():
    return cockpit.page(samples.page("leader"))


def test_the_administration_has_its_ids():
    named = {v for k, v in SCALARS.items() if v in vars(ids)["ADMIN_ACTIONS"]}
    assert on_admin() >= named | {ids.BEAT, ids.URL, ids.MESSAGE, ids.BANNER, ids.LIVE_CONFIG}


def test_the_cockpit_has_its_ids():
    found = reading.ids(cockpit_page())
    assert found >= ON_COCKPIT | {ids.URL, ids.MESSAGE, ids.PULSE, ids.BANNER, ids.LIVE_CONFIG}


def test_the_live_layer_knows_the_same_words():
    from pathlib import Path

    source = (Path(wall.__file__).parent / "assets/live/ids.mjs").read_text(encoding="utf-8")
    for name in (ids.MAP, ids.PULSE, ids.LIVE_VIEW, ids.BANNER, ids.CLOCK, ids.SOUND, ids.SEARCH):
        assert f'"{name}"' in source
