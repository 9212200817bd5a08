"""Ids are unique, and every id of the wall stands on the wall."""

from layouts import cockpit, ids, wall
from tests.layouts import reading, samples

SCALARS = {k: v for k, v in vars(ids).items() if k.isupper() and isinstance(v, str)}
ON_COCKPIT = {ids.COCKPIT_AT, ids.FIGURES, ids.EXCEPTIONS, ids.DOMAINS, ids.STREETS, ids.ROWS}
WHEN_NEEDED = {ids.CARD_CURVE}


def test_no_two_names_share_an_id():
    assert len(set(SCALARS.values())) == len(SCALARS)


def test_the_wall_has_every_id_but_those_of_the_cockpit():
    missing = set(SCALARS.values()) - reading.ids(wall.page(samples.page()))
    assert missing == ON_COCKPIT | WHEN_NEEDED


def test_the_cockpit_has_its_ids():
    found = reading.ids(cockpit.page(samples.page("leader")))
    assert found >= ON_COCKPIT | {ids.URL, ids.MESSAGE, ids.PULSE, ids.BANNER, ids.LIVE_CONFIG}


def test_the_live_layer_knows_the_same_words():
    from pathlib import Path

    source = (Path(wall.__file__).parent / "assets/live/ids.mjs").read_text(encoding="utf-8")
    for name in (ids.MAP, ids.PULSE, ids.LIVE_VIEW, ids.BANNER, ids.CLOCK, ids.SOUND, ids.SEARCH):
        assert f'"{name}"' in source
