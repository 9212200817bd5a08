"""GeoReport answers as XML and JSON: the same names, as the specification writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

XML, JSON = "xml", "json"
TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
# what one of a list is called in XML
ONE = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def body(root: str, said: Any, form: str) -> bytes:
    """The answer as bytes; `root` is the outermost XML element, JSON has none."""
    if form == JSON:
        return orjson.dumps(_plain(said))
    element = Element(root)
    _fill(element, root, said)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="utf-8")


def errors(code: int, description: str) -> list[dict[str, Any]]:
    """The list of errors; `code` is the HTTP status."""
    return [{"code": code, "description": description}]


def _fill(element: Element, name: str, said: Any) -> None:
    if isinstance(said, dict):
        for key, value in said.items():
            _fill(SubElement(element, key), key, value)
    elif isinstance(said, Sequence) and not isinstance(said, str):
        for each in said:
            _fill(SubElement(element, ONE[name]), ONE[name], each)
    elif isinstance(said, bool):
        element.text = "true" if said else "false"
    elif said is not None:
        element.text = _NOT_XML.sub("", str(said))


def _plain(said: Any) -> Any:
    """Text that UTF-8 cannot say (lone surrogates) becomes a question mark."""
    if isinstance(said, str):
        return said.encode("utf-8", "replace").decode()
    if isinstance(said, dict):
        return {key: _plain(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_plain(each) for each in said]
    return said
