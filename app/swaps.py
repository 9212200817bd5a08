"""A role whose area tree was swapped on disk ends, so that it starts again with the new one."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event, Thread

from app.config import Settings
from geodata import imports, sources

log = logging.getLogger(__name__)

EVERY_S = 2.0  # between looks at the file
AGAIN = 75  # exit code, EX_TEMPFAIL: supervisor and systemd start the role again

Mark = tuple[int, int, int]


def mark(settings: Settings) -> Mark | None:
    """What tells one file of imports from its successor; None when nothing was imported."""
    try:
        said = _file(settings).stat()
    except (FileNotFoundError, sources.MissingSource):
        return None
    return said.st_ino, said.st_mtime_ns, said.st_size


class Lookout:
    """Looks every two seconds from its own thread; make it before the tree is read."""

    def __init__(self, settings: Settings, stop: Event, every_s: float = EVERY_S) -> None:
        self._settings, self._stop, self._every_s = settings, stop, every_s
        self._seen = mark(settings)
        self.swapped = False

    def start(self) -> None:
        """Begin to look; the thread ends with the role."""
        Thread(target=self._look, name="swaps", daemon=True).start()

    def _look(self) -> None:
        while not self._stop.wait(self._every_s):
            if mark(self._settings) != self._seen:
                log.warning("the areas were swapped: this role starts again with the new ones")
                self.swapped = True
                self._stop.set()


def _file(settings: Settings) -> Path:
    return imports.file_of(settings.var / "areas", sources.city_of(settings.city))
