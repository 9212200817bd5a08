"""The border's addresses on the web role, for systems that come by HTTP: one module each.

A door is a function of the city that returns a Flask blueprint. It lets its callers in by token,
never by the session of a person.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from app.city import City

DOORS: tuple[Callable[[City], Blueprint], ...] = ()
