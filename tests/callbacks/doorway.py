"""Callbacks as plain functions: register them on a door that only remembers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from dash._callback_context import context_value
from dash._utils import AttributeDict

from app.city import City
from app.domain.people import User


class Door:
    """Stands where Dash stands; remembers each callback by its name."""

    def __init__(self, path: str = "/wall/") -> None:
        self.config = SimpleNamespace(routes_pathname_prefix=path)
        self.found: dict[str, Callable[..., Any]] = {}

    def callback(self, *_: Any, **__: Any) -> Callable[..., Any]:
        """As Dash.callback, but the function stays as it is."""

        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self.found[function.__name__] = function
            return function

        return keep

    clientside_callback = callback


def open_door(module: ModuleType, city: City, user: User) -> dict[str, Callable[..., Any]]:
    """The callbacks of a module for a user who is signed in."""
    door = Door()
    module.register(door, city, lambda: user)
    return door.found


@contextmanager
def triggered(component: str, prop: str = "data") -> Iterator[None]:
    """As if this property had just changed."""
    inputs = [{"prop_id": f"{component}.{prop}"}]
    token = context_value.set(AttributeDict(triggered_inputs=inputs))
    try:
        yield
    finally:
        context_value.reset(token)
