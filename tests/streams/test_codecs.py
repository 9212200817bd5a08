"""Every codec: only Rejected comes out of any bytes."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Rejected
from streams.inbox import CODECS
from tests.streams.samples import FIELDS, GOLDEN, NOW


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"ts":' * 50_000,
        b"x" * (1 << 21),
        b'"\\ud800"',
        b"1e999",
    ],
)
def test_hostile_bytes_are_refused(payload: bytes) -> None:
    for _, read in CODECS:
        with pytest.raises(Rejected):
            read(FIELDS, payload, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NAMES = sorted({name for codec, _ in GOLDEN for name in codec.Wire.__struct_fields__})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_only_rejected_comes_out_of_bytes(payload: bytes) -> None:
    _read_all(payload)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(GOLDEN), st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=4)
)
def test_only_rejected_comes_out_of_json(golden: tuple[Any, Any], changed: dict[str, Any]) -> None:
    body = json.loads(golden[0].write(golden[1], "320404")[1]) | changed
    _read_all(json.dumps(body).encode())


def _read_all(payload: bytes) -> None:
    for _, read in CODECS:
        with suppress(Rejected):
            read(FIELDS, payload, NOW)
