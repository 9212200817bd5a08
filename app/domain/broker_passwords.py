"""Lines of mosquitto's password file, as mosquitto_passwd writes them."""

from __future__ import annotations

import base64
import hashlib

ROUNDS = 101  # as mosquitto_passwd: our passwords are random, nobody can try them all


def hashed(password: str, salt: bytes) -> str:
    """A password as PBKDF2-SHA512; `salt` are 12 random bytes."""
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
