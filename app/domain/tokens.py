"""Tokens: what another system may do at the border, how often and until when."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from app.errors import Invalid

OPEN311, READ = "open311", "read"
PER_MINUTE = 600  # default: ten a second; a sender that has more sends lists
MOST_PER_MINUTE = 60_000
_SCOPE = re.compile(r"open311|read|webhook:[a-z0-9]+(-[a-z0-9]+)*")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One key of one source; its secret is nowhere, its hash in the ledger alone.

    `scopes` are webhook:<source>, open311 and read; `per_minute` is how many requests are served.
    """

    id: str
    source: str
    scopes: tuple[str, ...]
    per_minute: int
    issued_at: datetime
    issued_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether it was neither revoked nor has run out."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def serves(self, scope: str) -> bool:
        """Whether it opens that door."""
        return scope in self.scopes


def webhook(source: str) -> str:
    """The scope of a source's webhook."""
    return f"webhook:{source}"


def check(source: str, scopes: tuple[str, ...], per_minute: int) -> None:
    """Raise Invalid naming what is wrong with a token that shall be issued."""
    wrong = {}
    if not source or len(source) > 64:
        wrong["source"] = "请填写来源名称，不超过 64 个字符"
    unknown = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if unknown or not scopes:
        wrong["scopes"] = "权限为 webhook:<来源名>、open311 或 read"
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        wrong["per_minute"] = f"每分钟次数为 1 至 {MOST_PER_MINUTE}"
    if wrong:
        raise Invalid("令牌的设置不正确。", fields=wrong)
