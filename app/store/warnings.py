"""Chains of warnings in the ledger, inside a transaction of the caller."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import delete, select, update

from app.domain.warnings import Chain, ChainStatus
from app.errors import Conflict
from app.store.rows import of_row, to_row
from app.store.tx import Tx
from app.store.warning_tables import chains, messages


def of_messages(tx: Tx, keys: Collection[str]) -> list[Chain]:
    """Return the chains that these messages belong to, by id; most often none or one."""
    mine = select(messages.c.chain).where(messages.c.message.in_(sorted(keys)))
    wanted = select(chains).where(chains.c.id.in_(mine)).order_by(chains.c.id)
    return [of_row(Chain, row) for row in tx.connection.execute(wanted).mappings()]


def find(tx: Tx, ids: Iterable[str]) -> dict[str, Chain]:
    """Return chains by their ids; those that nobody knows are left out."""
    wanted = select(chains).where(chains.c.id.in_(sorted(set(ids))))
    found = (of_row(Chain, row) for row in tx.connection.execute(wanted).mappings())
    return {chain.id: chain for chain in found}


def due(tx: Tx, now: datetime, limit: int) -> list[Chain]:
    """Return the chains whose time has come, the longest waiting first."""
    wanted = select(chains).where(chains.c.next_due <= now).order_by(chains.c.next_due)
    rows = tx.connection.execute(wanted.limit(limit)).mappings()
    return [of_row(Chain, row) for row in rows]


def keep(tx: Tx, chain: Chain) -> Chain:
    """Write a chain that is there and return it with its new version; Conflict when not first."""
    mine = (chains.c.id == chain.id) & (chains.c.version == chain.version)
    row = to_row(chain) | {"version": chain.version + 1}
    if tx.connection.execute(update(chains).where(mine).values(**row)).rowcount != 1:
        raise Conflict("刚刚已被他人更新，请刷新后再试")
    return msgspec.structs.replace(chain, version=chain.version + 1)


def belong(tx: Tx, keys: Iterable[str], chain: str, merged: Collection[str] = ()) -> None:
    """Write down that messages, and all of the merged chains, belong to a chain."""
    if merged:
        joined = update(messages).where(messages.c.chain.in_(sorted(merged)))
        tx.connection.execute(joined.values(chain=chain))
    wanted = sorted(keys)
    known = select(messages.c.message).where(messages.c.message.in_(wanted))
    there = set(tx.connection.execute(known).scalars())
    rows = [{"message": key, "chain": chain} for key in wanted if key not in there]
    if rows:
        tx.connection.execute(messages.insert(), rows)


def forget_elsewhere(tx: Tx, before: datetime) -> int:
    """Drop the chains that ended before then and never warned an area of ours."""
    old = (chains.c.changed_at < before) & (chains.c.areas == [])
    ended = old & (chains.c.status != ChainStatus.IN_FORCE.value)
    ids = select(chains.c.id).where(ended)
    tx.connection.execute(delete(messages).where(messages.c.chain.in_(ids)))
    return tx.connection.execute(delete(chains).where(ended)).rowcount
