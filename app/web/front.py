"""The screens, as the web role gets them: app stands below layouts and callbacks and imports
neither, so whoever builds the server hands them in (callbacks.screens())."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Front:
    """What the server needs of the screens.

    `pages` maps a path to (title, layout of views.page); `register(wall, city, whoami)` puts the
    callbacks on a Dash instance; `refresh_only` are the inputs that the live layer sets by itself:
    a callback on them alone is no sign of a person; `speak` chooses the language.
    """

    pages: Mapping[str, tuple[str, Callable[[Any], Any]]]
    register: Callable[..., None]
    on_error: Callable[[Exception], Any]
    refresh_only: frozenset[str]
    speak: Callable[[str], None]
