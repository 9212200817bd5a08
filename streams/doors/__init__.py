"""The border's addresses on the web role, for systems that come by HTTP: one module each.

A door is a function of the city that returns a Flask blueprint. It lets its callers in by token,
never by the session of a person; only `drop`, under /admin/, is for people and their files.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from app.city import City
from streams.doors import drop, open311, webhook

DOORS: tuple[Callable[[City], Blueprint], ...] = (webhook.door, open311.door, drop.door)
