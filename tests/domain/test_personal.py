"""What may be shown of a payload."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.personal import CITIZEN, SHOWN, masked, preview


def shown(payload: object, *paths: str) -> object:
    return msgspec.json.decode(masked(msgspec.json.encode(payload), paths))


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("a.phone", {"a": {"phone": "***", "x": 1}, "l": [{"phone": 2}]}),
        ("l.*.phone", {"a": {"phone": "1", "x": 1}, "l": [{"phone": "***"}]}),
        ("l.0", {"a": {"phone": "1", "x": 1}, "l": ["***"]}),
        ("**.phone", {"a": {"phone": "***", "x": 1}, "l": [{"phone": "***"}]}),
        ("a", {"a": "***", "l": [{"phone": 2}]}),
        ("no.such", {"a": {"phone": "1", "x": 1}, "l": [{"phone": 2}]}),
        ("**", {"a": {"phone": "1", "x": 1}, "l": [{"phone": 2}]}),
    ],
)
def test_paths_name_what_is_masked(path: str, left: object) -> None:
    assert shown({"a": {"phone": "1", "x": 1}, "l": [{"phone": 2}]}, path) == left


def test_a_preview_of_an_order_tells_nothing_personal() -> None:
    order = {
        "title": "张小明反映噪声",
        "content": "张小明反映夜里施工，电话13800001234。",
        "caller_name": "张小明",
        "caller_phone": "13800001234",
        "address": "关河路12号3幢502",
        "category": "噪声，回电 0519-86881234",
    }
    text = preview(msgspec.json.encode(order), CITIZEN)
    assert not [w for w in ("张小明", "13800001234", "关河路", "86881234", "施工") if w in text]
    assert "噪声" in text


def test_what_is_no_json_is_hidden_when_something_in_it_is_personal() -> None:
    assert preview("电话13800001234 <张小明>".encode(), CITIZEN) == ""
    assert preview("电话13800001234".encode(), ()) == "电话138****1234"


def test_bytes_are_shown_as_hex_and_long_texts_are_cut() -> None:
    assert preview(b"\x08\x96\x01\x00\x03\xff", ()) == "0x0896010003ff"
    assert len(preview("积水".encode() * 5_000, ())) == SHOWN
    assert preview(b'{"a":\n 1}', ()) == '{"a":  1}'


@given(st.binary(max_size=300), st.lists(st.sampled_from(["a.b", "**.a", "*", "**", ""])))
def test_no_payload_and_no_path_makes_it_fail(payload: bytes, paths: list[str]) -> None:
    assert len(preview(payload, paths)) <= SHOWN


json = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "phone"]), inner, max_size=3)
    ),
)


@given(json)
def test_a_masked_value_never_shows_at_any_depth(said: object) -> None:
    text = preview(msgspec.json.encode({"x": said, "phone": "王小二的秘密"}), ["**.phone"])
    assert "秘密" not in text
