"""Bodies of foreign requests: their size, their kind, and what is packed in them."""

from __future__ import annotations

import zlib

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from streams.wire import LIMIT_BYTES

TYPES = ("application/json", "application/xml", "application/octet-stream", "text/plain")
ALSO = ("text/xml", "application/x-ndjson")
ENDINGS = ("+json", "+xml")
GZIP = 16 + zlib.MAX_WBITS
PACKED = ("gzip", "x-gzip")
MEMBERS = 100  # of one gzip: each is cut off the rest, 45,000 empty ones took 3 s


def raw(types: tuple[str, ...] = TYPES + ALSO) -> bytes:
    """The body as it was sent; UnsupportedMediaType, RequestEntityTooLarge (also by chunks)."""
    said = request.mimetype
    if said and said not in types and not said.endswith(ENDINGS):
        raise UnsupportedMediaType()
    if _packing() not in ("", "identity", *PACKED):
        raise UnsupportedMediaType()
    # one more than the limit: a body in chunks is cut there without a word
    request.max_content_length = LIMIT_BYTES + 1
    body = request.get_data(cache=False)
    if len(body) > LIMIT_BYTES:
        raise RequestEntityTooLarge()
    return body


def unpacked(body: bytes) -> bytes:
    """The body without gzip; BadRequest when it is none, RequestEntityTooLarge when it swells.

    No more than the limit is ever unpacked, whatever a bomb promises.
    """
    if _packing() not in PACKED:
        return body
    found, rest = b"", body
    for _ in range(MEMBERS):
        part = zlib.decompressobj(GZIP)
        try:
            found += part.decompress(rest, LIMIT_BYTES + 1 - len(found))
        except zlib.error as why:
            raise BadRequest() from why
        if len(found) > LIMIT_BYTES:
            raise RequestEntityTooLarge()
        if not part.eof:
            raise BadRequest()
        rest = part.unused_data
        if not rest:
            return found
    raise RequestEntityTooLarge()


def _packing() -> str:
    return (request.content_encoding or "").strip().lower()
