"""Tokens of other systems: issued once, kept as hashes, asked at each door of the border.

A token proves itself by its secret (Bearer) or signs its requests with a key that is derived from
the city's own secret key, so that nothing is stored from which a request could be made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.city import City
from app.domain import tokens
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.domain.tokens import Token
from app.errors import Conflict, Invalid, NotAllowed, NotFound, SignInNeeded, TooMany
from app.store import limits

WRONG = "令牌无效、已过期或已停用。"
PREFIX = "cyt"
CLOCKS_APART_S = 300  # default: how far a sender's clock may be from ours
REMEMBERED_S = 2 * CLOCKS_APART_S  # a signature is good for no longer
NOTED_EVERY = timedelta(minutes=1)  # the ledger hears of a use at most so often
_NOBODY = "0" * 64
_SECONDS = re.compile(r"[0-9]{1,12}")


def issue(
    city: City,
    by: User | None,
    *,
    source: str,
    scopes: tuple[str, ...],
    per_minute: int = tokens.PER_MINUTE,
    expires: datetime | None = None,
) -> tuple[Token, str]:
    """A new token and its secret, which nobody can ask for again; `by` None is the system.

    Raises NotAllowed, and Invalid when the scopes or the limit are none.
    """
    if by is not None:
        require(by, Verb.ADMINISTER)
    now = city.now()
    tokens.check(source, scopes, per_minute)
    if expires is not None and expires <= now:
        raise Invalid("令牌的设置不正确。", fields={"expires": "有效期需晚于现在"})
    token = Token(
        id=city.new_id()[:12],
        source=source,
        scopes=scopes,
        per_minute=per_minute,
        issued_at=now,
        issued_by=by.id if by else "system",
        expires_at=expires,
    )
    secret = secrets.token_urlsafe(32)
    with city.ledger.begin() as tx:
        tx.add(token, digest=_digest(secret))
        tx.record(_fact(token, "issued", now, token.issued_by))
    city.feed.publish(city.ledger)
    return token, f"{PREFIX}_{token.id}_{secret}"


def revoke(city: City, by: User | None, token_id: str) -> Token:
    """End a token at once; ending it twice changes nothing. Raises NotAllowed, NotFound."""
    if by is not None:
        require(by, Verb.ADMINISTER)
    now = city.now()
    with city.ledger.begin() as tx:
        token = tx.token(token_id)
        if token is None:
            raise NotFound("没有这个令牌")
        if token.revoked_at is not None:
            return token
        token = msgspec.structs.replace(token, revoked_at=now)
        tx.put_token(token)
        tx.record(_fact(token, "revoked", now, by.id if by else "system"))
    city.feed.publish(city.ledger)
    return token


def listed(city: City, by: User | None) -> list[Token]:
    """All tokens by the time of their issue, ended ones too; without secrets. NotAllowed."""
    if by is not None:
        require(by, Verb.ADMINISTER)
    with city.ledger.read() as tx:
        return tx.tokens()


def check(city: City, presented: str, scope: str) -> Token:
    """The token whose secret is presented; it may do this, now.

    Raises SignInNeeded (unknown, ended, wrong secret: it does not say which), NotAllowed (another
    scope), TooMany (more than its limit in this minute).
    """
    prefix, _, rest = presented.strip().partition("_")
    token_id, _, secret = rest.partition("_")
    with city.ledger.read() as tx:
        token, digest = tx.token(token_id), tx.token_digest(token_id)
    fits = hmac.compare_digest(digest or _NOBODY, _digest(secret))
    if not fits or token is None or prefix != PREFIX or not token.is_valid(city.now()):
        raise SignInNeeded(WRONG)
    if not token.serves(scope):
        raise NotAllowed("该令牌没有此项权限。")
    return _admitted(city, token)


def check_signed(
    city: City, scope: str, *, timestamp: str, signature: str, body: bytes, more: str = ""
) -> Token:
    """The token whose key has signed a body, see `sign`; `timestamp` is epoch seconds.

    Raises SignInNeeded (time too far off, nobody's signature), TooMany, Conflict (this signature
    was seen before). The caller that could not carry the request out calls `unsee`.
    """
    now = city.now()
    said = int(timestamp) if _SECONDS.fullmatch(timestamp.strip()) else 0
    if abs(now.timestamp() - said) > CLOCKS_APART_S:
        raise SignInNeeded("签名时间戳缺失或与本系统时间相差超过 5 分钟。")
    with city.ledger.read() as tx:
        able = [t for t in tx.tokens() if t.is_valid(now) and t.serves(scope)]
    signed = signature.strip().lower()
    # every key is tried, so that the time taken does not tell whose signature nearly fits
    fitting = [
        t for t in able if hmac.compare_digest(_bytes(signed), sign(city, t, said, body, more))
    ]
    if not fitting:
        raise SignInNeeded("签名不正确。")
    token = _admitted(city, fitting[0])
    if not limits.first(city.live.redis, _seen(signed), REMEMBERED_S):
        raise Conflict("该请求已接收过；每次发送请重新签名。")
    return token


def unsee(city: City, signature: str) -> None:
    """A signed request was not carried out: its sender may send the same bytes again."""
    limits.forget(city.live.redis, _seen(signature.strip().lower()))


def signing_key(city: City, token_id: str) -> str:
    """The key with which a token's holder signs; another secret_key makes all of them new."""
    words = f"webhook signing {token_id}".encode()
    return hmac.new(city.settings.secret_key.encode(), words, hashlib.sha256).hexdigest()


def sign(city: City, token: Token, timestamp: int, body: bytes, more: str = "") -> bytes:
    """What the header X-Chengyun-Signature says of a body, and of what the address says `more`.

    Signed is "<timestamp>.<body>", or "<timestamp>/<more>\\n<body>": no message of one form is one
    of the other, and `more` has no line break.
    """
    start = f"{timestamp}/{more}\n" if more else f"{timestamp}."
    key, said = signing_key(city, token.id).encode(), _bytes(start) + body
    return b"sha256=" + hmac.new(key, said, hashlib.sha256).hexdigest().encode()


def _admitted(city: City, token: Token) -> Token:
    """Count the request against the token's limit and note its use."""
    now = city.now()
    seconds = int(now.timestamp())
    if limits.hit(city.live.redis, f"token:{token.id}", seconds, 60) > token.per_minute:
        raise TooMany("该令牌的请求过于频繁。", retry_after_s=60 - seconds % 60)
    if token.used_at is None or now - token.used_at >= NOTED_EVERY:
        token = msgspec.structs.replace(token, used_at=now)
        with city.ledger.begin() as tx:
            tx.note_use(token.id, now)
    return token


def _seen(signature: str) -> str:
    """A token may open several doors: what was signed for one is seen at all of them."""
    return f"signed:{_digest(signature)}"


def _digest(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash: nobody can try them all."""
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _fact(token: Token, past: str, at: datetime, by: str) -> Fact:
    told: dict[str, Any] = {"id": token.id, "source": token.source, "scopes": list(token.scopes)}
    return Fact(kind=f"token.{past}", thing=token.id, area="", at=at, who=by, body={"token": told})
