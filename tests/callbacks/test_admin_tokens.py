"""Tokens: issued with a secret that is shown once, revoked at once."""

import pytest

from app.errors import Invalid, NotAllowed, SignInNeeded
from app.services import tokens
from callbacks import admin_tokens
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def secrets(shown):
    return [node["children"] for node in reading.nodes(shown) if node["_type"] == "Code"]


def test_a_token_is_issued_shown_once_and_revoked(city):
    door = open_door(admin_tokens, city, cast.ADMIN)
    _, _, shown = door["issue"]({}, "works", ["webhook"], 60, 30)
    secret, key = secrets(shown)
    assert tokens.check(city, secret, "webhook:works").per_minute == 60
    head, table = door["show"](None)
    assert head == "1 个有效"
    assert secret not in reading.words(table)
    assert key not in reading.words(table)
    ((_, token, _),) = (a for a in reading.actions(table) if a[0] == "revoke")
    door["revoke"]({"id": token})
    assert door["show"](None)[0] == "0 个有效"
    with pytest.raises(SignInNeeded):
        tokens.check(city, secret, "webhook:works")


def test_a_token_that_opens_no_webhook_signs_nothing(city):
    shown = open_door(admin_tokens, city, cast.ADMIN)["issue"]({}, "map", ["read"], None, None)[2]
    assert len(secrets(shown)) == 1


def test_a_token_without_source_or_scope_is_refused(city):
    with pytest.raises(Invalid):
        open_door(admin_tokens, city, cast.ADMIN)["issue"]({}, " ", [], 60, 30)


def test_tokens_are_for_nobody_else(city):
    door = open_door(admin_tokens, city, cast.DUTY)
    with pytest.raises(NotAllowed):
        door["show"](None)
    with pytest.raises(NotAllowed):
        door["issue"]({}, "works", ["read"], 60, 30)
