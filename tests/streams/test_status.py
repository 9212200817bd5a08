"""Births and wills."""

from __future__ import annotations

import json

import pytest

from streams.codecs import status
from tests.streams.samples import FIELDS, NOW, golden, reread, told


@pytest.mark.parametrize("thing", golden(status))
def test_what_is_written_is_read(thing) -> None:
    assert reread(status, thing) == thing


def test_a_gateway_is_not_behind_itself() -> None:
    assert told(status, ts=NOW, online=True, gateway="G1") == "wrong_field"


def test_a_retained_birth_may_be_old() -> None:
    body = json.dumps({"ts": NOW - 10**10, "online": True}).encode()
    assert status.read(FIELDS, body, NOW).online


def test_what_a_publisher_has_sent_is_a_count() -> None:
    assert told(status, ts=NOW, online=True, sent=-1) == "wrong_field"
    assert told(status, ts=NOW, online=True, sent=2**49) == "wrong_field"
