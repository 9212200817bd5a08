"""12345 orders: the words of the hotline."""

from __future__ import annotations

import msgspec
import pytest

from streams.codecs import hotline
from tests.streams.samples import ORDER, golden, reread, told


@pytest.mark.parametrize("thing", golden(hotline))
def test_what_is_written_is_read(thing) -> None:
    assert reread(hotline, thing) == thing


def test_the_hotlines_words_are_checked() -> None:
    body = {k: v for k, v in msgspec.to_builtins(ORDER).items() if v is not None}
    body["ts"] = body.pop("at")
    assert told(hotline, **{**body, "urgency": "很急"}) == "wrong_field"
