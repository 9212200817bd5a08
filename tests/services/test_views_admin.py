"""One letter, a whole pile, the tokens."""

import pytest

from app.errors import NotAllowed, NotFound
from app.services import ingest, letters, views_admin
from app.services.letters import Letter
from tests import cast
from tests.cast import START

NOW = int(START.timestamp() * 1000)


def refuse(city, n):
    ingest.reject(city, [Letter(f"t/{i}", b"{", "not_json", "no", "works") for i in range(n)], NOW)


def test_a_letter_is_shown_without_its_bytes(city):
    refuse(city, 1)
    (row,) = letters.search(city, cast.ADMIN)
    shown = views_admin.letter(city, cast.ADMIN, row["id"])
    assert "payload" not in shown
    assert {key: shown[key] for key in ("topic", "reason", "preview")} == {
        key: row[key] for key in ("topic", "reason", "preview")
    }


def test_a_letter_that_has_gone_is_said_so(city):
    with pytest.raises(NotFound, match="刷新"):
        views_admin.letter(city, cast.ADMIN, "nothing")


def test_a_pile_of_any_size_is_replayed_and_dropped(city, monkeypatch):
    monkeypatch.setattr(views_admin, "AT_ONCE", 10)
    refuse(city, 25)
    assert views_admin.replay_pile(city, cast.ADMIN, "works", "not_json") == 25
    assert views_admin.drop_pile(city, cast.ADMIN, "works", "not_json", "测试") == 25
    assert letters.totals(city)["kept"] == 0


def test_tokens_in_force_come_first(city, clock):
    issued = []
    for source in ("a", "b", "c"):
        wanted = {"source": source, "scopes": ("read",), "per_minute": 60}
        issued.append(views_admin.issue_token(city, cast.ADMIN, **wanted, days=30)[0])
        clock.advance(minutes=1)
    views_admin.tokens.revoke(city, cast.ADMIN, issued[2].id)
    rows = views_admin.listed_tokens(city, cast.ADMIN)
    assert [(row["source"], row["valid"]) for row in rows] == [
        ("b", True),
        ("a", True),
        ("c", False),
    ]
    clock.advance(days=31)
    assert not any(row["valid"] for row in views_admin.listed_tokens(city, cast.ADMIN))


def test_nobody_else(city):
    for look in (
        lambda: views_admin.letter(city, cast.DUTY, "x"),
        lambda: views_admin.ground(city, cast.DUTY),
        lambda: views_admin.listed_tokens(city, cast.DUTY),
        lambda: views_admin.replay_pile(city, cast.DUTY, "a", "b"),
    ):
        with pytest.raises(NotAllowed):
            look()
