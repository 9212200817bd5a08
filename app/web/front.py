"""The screens, as the web role gets them: app stands below layouts and callbacks and imports
neither, so whoever builds the server hands them in (callbacks.screens())."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Blueprint

    from app.city import City

Say = Callable[..., str]


@dataclass(frozen=True)
class Front:
    """What the server needs of the screens.

    `pages` maps a path to (its title, a key; layout of views.page); `register` puts the
    callbacks on a Dash instance; `refresh_only` are the inputs that the live layer sets by itself:
    a callback on them alone is no sign of a person; `speak` chooses the language, `say` gives the
    words of a key in it; `doors` are the border's addresses for other systems (streams.doors):
    they let themselves in by token.
    """

    pages: Mapping[str, tuple[str, Callable[[Any], Any]]]
    register: Callable[..., None]
    on_error: Callable[[Exception], Any]
    refresh_only: frozenset[str]
    speak: Callable[[str], None]
    say: Say
    doors: tuple[Callable[[City], Blueprint], ...] = ()
