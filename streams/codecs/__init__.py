"""One module per feed: bytes of the wire → our things, and back; only Rejected comes out."""
