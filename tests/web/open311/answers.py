"""What the tests of Open311 ask about, and how they read an answer."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

HERE = {"lat": "31.7790", "long": "119.9460"}


def xml(answer: Any) -> ElementTree.Element:
    """An answer in XML, with its head as it must be."""
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(answer.data)  # noqa: S314 - our own answer
