"""CAP against hostile documents: only Rejected comes out."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Rejected
from streams.dialects import cap
from streams.sources import Source
from tests.streams.fuzzing import NOW, sample

SOURCE = Source(name="weather", dialect="cap", owner="市气象局", crs="wgs84", topics=("cap/#",))
ALERT = sample("cap", "rainstorm_alert.xml").decode()
PARTS = re.findall(r">[^<\s][^<]*<", ALERT)
TAGS = re.findall(r"</?[a-zA-Z]+>", ALERT)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(PARTS), st.text(max_size=30), st.sampled_from(TAGS))
def test_only_rejected_comes_out(raw, part, odd, tag):
    escaped = odd.replace("&", "&amp;").replace("<", "&lt;")
    for payload in (
        raw,
        ALERT.replace(part, f">{escaped}<").encode("utf-8", "surrogatepass"),
        ALERT.replace(part, f">{odd}<").encode("utf-8", "surrogatepass"),
        ALERT.replace(tag, "").encode(),
        ALERT.replace(tag, tag * 3).encode(),
        ALERT.encode()[: len(raw) * 17] + raw,
    ):
        try:
            things = cap.reader(SOURCE).read("cap/x", payload, NOW)
        except Rejected:
            continue
        assert things
