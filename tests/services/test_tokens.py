"""Tokens: issued once, kept as hashes, scoped, ending, limited, and seen in the trail."""

from __future__ import annotations

import pytest

from app.domain.tokens import Token
from app.errors import Conflict, Invalid, NotAllowed, NotFound, SignInNeeded, TooMany
from app.services import tokens
from app.store import tables
from tests import cast

SCOPE = "webhook:hotline"


def issued(city, **more) -> tuple[Token, str]:
    asked = {"source": "hotline", "scopes": (SCOPE,)} | more
    return tokens.issue(city, cast.ADMIN, **asked)


def signed(city, token: Token, body: bytes, *, at: int | None = None, scope: str = SCOPE) -> Token:
    stamp = int(city.now().timestamp()) if at is None else at
    signature = tokens.sign(city, token, stamp, body).decode()
    return tokens.check_signed(city, scope, timestamp=str(stamp), signature=signature, body=body)


def test_the_secret_opens_its_own_doors_and_nothing_of_it_is_kept(city) -> None:
    token, secret = issued(city)
    assert tokens.check(city, secret, SCOPE).id == token.id
    with pytest.raises(NotAllowed):
        tokens.check(city, secret, "webhook:other")
    with city.ledger.read() as tx:
        rows = tx.connection.execute(tables.tokens.select()).all()
        facts = tx.trail(token.id)
    random = secret.rpartition("_")[2]
    assert random not in repr(rows)
    assert tokens.signing_key(city, token.id) not in repr(rows)
    assert [(f.kind, f.who) for f in facts] == [("token.issued", cast.ADMIN.id)]
    assert random not in repr(facts)


@pytest.mark.parametrize(
    "presented", ["", "x", "cyt_", "cyt__", "cyt_id000001_", "cyt_id000001_wrong", "\udcff_é_ü"]
)
def test_anything_else_is_nobody(city, presented: str) -> None:
    issued(city)
    with pytest.raises(SignInNeeded):
        tokens.check(city, presented, SCOPE)


def test_a_token_ends_when_it_is_revoked_and_when_its_time_is_over(city, clock) -> None:
    token, secret = issued(city)
    brief, brief_secret = issued(city, expires=clock.advance(minutes=0).replace(hour=12))
    tokens.revoke(city, cast.ADMIN, token.id)
    tokens.revoke(city, cast.ADMIN, token.id)
    with pytest.raises(SignInNeeded):
        tokens.check(city, secret, SCOPE)
    with pytest.raises(SignInNeeded):
        signed(city, token, b"{}")
    assert tokens.check(city, brief_secret, SCOPE).id == brief.id
    clock.advance(hours=4)
    with pytest.raises(SignInNeeded):
        tokens.check(city, brief_secret, SCOPE)
    with city.ledger.read() as tx:
        assert [f.kind for f in tx.trail(token.id)] == ["token.issued", "token.revoked"]
    with pytest.raises(NotFound):
        tokens.revoke(city, cast.ADMIN, "nobody")
    assert city.ledger.verify() is None


def test_its_limit_holds_within_a_minute(city, clock) -> None:
    _, secret = issued(city, per_minute=3)
    for _ in range(3):
        tokens.check(city, secret, SCOPE)
    with pytest.raises(TooMany) as why:
        tokens.check(city, secret, SCOPE)
    assert 1 <= why.value.retry_after_s <= 60
    clock.advance(seconds=61)
    tokens.check(city, secret, SCOPE)


def test_its_last_use_is_known_to_the_minute(city, clock) -> None:
    token, secret = issued(city)
    assert tokens.listed(city, cast.ADMIN)[0].used_at is None
    first = city.now()
    tokens.check(city, secret, SCOPE)
    clock.advance(seconds=30)
    tokens.check(city, secret, SCOPE)
    assert tokens.listed(city, cast.ADMIN) == [
        Token(
            id=token.id,
            source="hotline",
            scopes=(SCOPE,),
            per_minute=600,
            issued_at=token.issued_at,
            issued_by=cast.ADMIN.id,
            used_at=first,
        )
    ]
    clock.advance(seconds=31)
    tokens.check(city, secret, SCOPE)
    assert tokens.listed(city, cast.ADMIN)[0].used_at == city.now()


def test_a_signature_is_good_once_and_for_five_minutes(city, clock) -> None:
    token, _ = issued(city)
    issued(city)  # a second key of the same source does not get in the way
    now = int(city.now().timestamp())
    assert signed(city, token, b"{}").id == token.id
    with pytest.raises(Conflict):
        signed(city, token, b"{}", at=now)
    clock.advance(seconds=299)
    with pytest.raises(Conflict):
        signed(city, token, b"{}", at=now)
    for wrong in (now - 2, now + 601, 0):
        with pytest.raises(SignInNeeded):
            signed(city, token, b"{}", at=wrong)
    ttl = city.live.redis.ttl(city.live.redis.keys("cy:once:*")[0])
    assert 590 < ttl <= 600  # as long as any clock within the limits may find it good


@pytest.mark.parametrize("stamp", ["", "-5", "1e9", "²", "9" * 40])
def test_a_timestamp_that_is_none(city, stamp: str) -> None:
    with pytest.raises(SignInNeeded):
        tokens.check_signed(city, SCOPE, timestamp=stamp, signature="sha256=0", body=b"")


def test_another_body_scope_or_secret_key_makes_another_signature(city) -> None:
    token, _ = issued(city)
    now = int(city.now().timestamp())
    good = tokens.sign(city, token, now, b"{}").decode()
    with pytest.raises(SignInNeeded):
        tokens.check_signed(city, SCOPE, timestamp=str(now), signature=good, body=b"{ }")
    with pytest.raises(SignInNeeded):
        signed(city, token, b"{}", scope="webhook:other")
    assert len(tokens.signing_key(city, token.id)) == 64
    assert tokens.signing_key(city, token.id) != tokens.signing_key(city, "another")


def test_an_unseen_signature_may_come_again(city) -> None:
    token, _ = issued(city)
    now = int(city.now().timestamp())
    signed(city, token, b"{}", at=now)
    tokens.unsee(city, tokens.sign(city, token, now, b"{}").decode())
    signed(city, token, b"{}", at=now)


def test_only_the_administrator_issues_lists_and_revokes(city) -> None:
    for step in (
        lambda: tokens.issue(city, cast.COMMANDER, source="x", scopes=("read",)),
        lambda: tokens.listed(city, cast.COMMANDER),
        lambda: tokens.revoke(city, cast.COMMANDER, "x"),
    ):
        with pytest.raises(NotAllowed):
            step()


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"scopes": ("everything",)}, "scopes"),
        ({"scopes": ("webhook:A B",)}, "scopes"),
        ({"scopes": ()}, "scopes"),
        ({"source": ""}, "source"),
        ({"per_minute": 0}, "per_minute"),
        ({"expires": cast.START}, "expires"),
    ],
)
def test_a_wrong_token_is_not_issued(city, odd, field: str) -> None:
    with pytest.raises(Invalid) as why:
        issued(city, **odd)
    assert field in why.value.fields
    assert tokens.listed(city, cast.ADMIN) == []
