"""The `stream` key of a source, and what an entry's payload is."""

from __future__ import annotations

import msgspec
import pytest

from streams import sourcefile
from streams.redis_line import payload_of


def test_a_whole_entry_as_json_has_its_id_and_its_moment():
    fields = {b"v": b"0.3", b"\xff": b"\xfe"}
    said = msgspec.json.decode(payload_of(b"1795300120000-3", fields, ""))
    assert said == {"v": "0.3", "\ufffd": "\ufffd", "_id": "1795300120000-3", "_at": 1795300120000}
    assert payload_of(b"1-0", {b"body": b"\x00"}, "body") == b"\x00"


ENTRY = """
sources:
  - name: works
    dialect: senml
    owner: 自来水公司
    crs: wgs84
    kind: water_pressure
    by: {by}
    stream: {stream}
"""


@pytest.mark.parametrize(
    ("by", "stream", "mend"),
    [
        ("stream", "{url: 'http://there', stream: a}", "is no Redis address"),
        ("stream", "{url: 'redis://there:port', stream: a}", "is no Redis address"),
        ("stream", "{url: '$NOWHERE_SET', stream: a}", "the environment has no NOWHERE_SET"),
        ("stream", "{url: 'redis://h:1', stream: 'cy:facts'}", "is one of ours"),
        ("stream", "{stream: a}", "url"),
        ("stream", "", "`stream` is missing: {url:"),
        ("stream", "{url: 'redis://h:1', stream: a, filed: b}", "filed"),
        ("webhook", "{url: 'redis://h:1', stream: a}", "is for a source with `by: stream`"),
    ],
)
def test_a_wrong_address_refuses_to_start_with_the_mend(by, stream, mend):
    text = ENTRY.replace("{by}", by).replace("{stream}", stream)
    sources, faults = sourcefile.read(text, "sources.yaml")
    assert sources == []
    assert any(mend in fault for fault in faults), faults


def test_a_right_address_may_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv("WORKS_REDIS", "rediss://reader:secret@redis.works:6380/2")
    text = ENTRY.replace("{by}", "stream").replace("{stream}", "{url: $WORKS_REDIS, stream: w}")
    (source,), faults = sourcefile.read(text, "sources.yaml")
    assert faults == []
    assert source.stream.address.endswith("6380/2")
    assert source.stream.shown == "redis.works:6380/w"
