"""Who calls at a door: by Bearer token or, where that is taken, by signature."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import request

from app.city import City
from app.domain.tokens import Token
from app.errors import SignInNeeded, Unavailable
from app.services import throttle, tokens
from app.services.ingest import answering

log = logging.getLogger(__name__)

BEARER = "bearer"
TIMESTAMP, SIGNATURE = "X-Chengyun-Timestamp", "X-Chengyun-Signature"
LATER = "系统暂时不可用，本次内容未被接收，请稍后重发。"
NEEDED = "请以 Authorization: Bearer 令牌或签名访问。"


@contextmanager
def admitted(city: City, scope: str, body: bytes | None = None, more: str = "") -> Iterator[Token]:
    """Let in who has a token of this scope or, when `body` is given, has signed it.

    `more` is what the address says beside the source: it is signed with the body.

    A store that goes away inside is Unavailable, and a signature may then come again. Raises
    SignInNeeded, NotAllowed, TooMany, Conflict; an address that keeps failing has to wait.
    """
    kind, _, presented = request.headers.get("Authorization", "").partition(" ")
    bearer = presented if kind.lower() == BEARER else None
    signed = bearer is None and body is not None
    signature = request.headers.get(SIGNATURE, "") if signed else ""
    try:
        with answering(city):
            token = _who(city, scope, bearer, signature, body, more)
            with ExitStack() as broken_off:
                if signature:
                    broken_off.callback(_unsee, city, signature)
                yield token
                broken_off.pop_all()
    except Unavailable as why:
        # where our stores are is nothing for a stranger
        log.warning("%s: nothing was taken, a store is away: %s", request.path, why.message)
        raise Unavailable(LATER) from why


def _who(
    city: City, scope: str, bearer: str | None, signature: str, body: bytes | None, more: str
) -> Token:
    try:
        if bearer is not None:
            return tokens.check(city, bearer, scope)
        if signature and body is not None:
            stamp = request.headers.get(TIMESTAMP, "")
            return tokens.check_signed(
                city, scope, timestamp=stamp, signature=signature, body=body, more=more
            )
        raise SignInNeeded(NEEDED)
    except SignInNeeded:
        # who has a token is not shut out by a guesser behind the same address
        ip = request.remote_addr or ""
        throttle.ask(city, "token", ip)
        throttle.failed(city, "token", ip)
        raise


def _unsee(city: City, signature: str) -> None:
    try:
        with answering(city):
            tokens.unsee(city, signature)
    except Unavailable:
        return  # it runs out by itself
