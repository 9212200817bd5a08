"""What every dialect must bear: bytes, JSON of any shape, and its own samples with one part odd."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Rejected
from streams.dialects import Reader, Thing

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3] / "shared" / "samples"
THINGS = get_args(Thing)
NOW = 1_795_300_120_000  # 2026-11-22 06:28:40 in Shanghai

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from([1e308, -1, 2**63, 10**300, "2026-11-22T06:28:30", "x" * 600, "\ud800", ""]),
    st.text(max_size=30),
)
ANY = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def sample(dialect: str, name: str) -> bytes:
    """The bytes of one of our own fixtures."""
    return (SAMPLES / dialect / name).read_bytes()


def shared(path: str) -> Any:
    """A message of the shared samples, of .jsonl all; a sentence when they are not there."""
    file = SHARED / path
    assert file.exists(), f"the shared samples are not beside the project: {path} is missing"
    text = file.read_text()
    return [json.loads(line) for line in text.splitlines()] if path[-1] == "l" else json.loads(text)


def places(said: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON thing."""
    found = [path]
    if not isinstance(said, dict | list):
        return found
    for key, value in said.items() if isinstance(said, dict) else enumerate(said):
        found += places(value, (*path, key))
    return found


def with_odd(said: Any, path: Sequence[Any], odd: Any) -> Any:
    """The thing with something else at a place."""
    if not path:
        return odd
    made = copy.deepcopy(said)
    at = made
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd
    return made


def only_rejected(reader: Callable[[], Reader], topic: str, samples: Sequence[bytes]) -> None:
    """Fuzz a reader: our things or Rejected come out, and nothing else."""
    known = [json.loads(each) for each in samples]
    spots = [(i, path) for i, each in enumerate(known) for path in places(each)]
    one = reader()

    def check(payload: bytes) -> None:
        try:
            things = one.read(topic, payload, NOW)
        except Rejected:
            return
        assert things
        for thing in things:
            assert isinstance(thing, THINGS)
            if isinstance(thing, msgspec.Struct):
                msgspec.msgpack.encode(thing)  # as it is written

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=60), ANY, st.sampled_from(spots), ODD | ANY)
    def fuzz(raw: bytes, body: Any, spot: tuple[int, tuple[Any, ...]], odd: Any) -> None:
        check(raw)
        check(json.dumps(body).encode("utf-8", "surrogatepass"))
        made = with_odd(known[spot[0]], spot[1], odd)
        check(json.dumps(made, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    fuzz()
