"""Tokens as a person sees them."""

from layouts import admin_tokens as page
from tests.layouts import reading

TOKEN = {
    "id": "abc",
    "source": "works",
    "scopes": ["webhook:works", "read"],
    "per_minute": 600,
    "issued_at": "2026-11-21T08:00:00Z",
    "issued_by": "admin",
    "expires_at": None,
    "revoked_at": None,
    "used_at": None,
    "valid": True,
}


def test_a_token_in_force_can_be_revoked_and_an_ended_one_cannot():
    assert reading.actions(page.table([TOKEN])) == [("revoke", "abc", None)]
    ended = TOKEN | {"valid": False, "revoked_at": "2026-11-22T08:00:00Z"}
    assert reading.actions(page.table([ended])) == []
    assert "已吊销" in reading.words(page.table([ended]))
    assert "已过期" in reading.words(page.table([TOKEN | {"valid": False}]))


def test_a_webhook_is_that_of_its_source():
    assert page.scopes(["webhook", "read"], "works") == ("webhook:works", "read")
    assert page.scopes(None, "works") == ()


def test_the_secret_is_shown_to_be_copied():
    shown = page.secret({"secret": "cyt_1", "signing_key": ""})
    assert "cyt_1" in reading.words(shown)
    assert len([n for n in reading.nodes(shown) if n["_type"] == "Code"]) == 1


def test_emptied_limits_are_the_defaults():
    assert page.asked(None, None) == {"per_minute": 600, "days": 365}


def test_there_are_none():
    assert "还没有令牌" in reading.words(page.table([]))
