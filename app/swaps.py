"""A role whose areas or place names have another file now ends, so that it starts again with it.

While the file of place names is wrong no role ends for other areas: it could not start again.
"""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Event, Thread

from app.config import Settings
from geodata import imports, sources
from geodata.gazetteer_file import BadPlaces, read_rows

log = logging.getLogger(__name__)

EVERY_S = 2.0  # between looks at the files
AGAIN = 75  # exit code, EX_TEMPFAIL: supervisor and systemd start the role again

Mark = tuple[int, int, int]


def mark(settings: Settings) -> Mark | None:
    """What tells one file of imports from its successor; None when nothing was imported."""
    try:
        return _mark(_file(settings))
    except sources.MissingSource:
        return None


class Lookout:
    """Looks every two seconds from its own thread; make it before the tree is read."""

    def __init__(self, settings: Settings, stop: Event, every_s: float = EVERY_S) -> None:
        self._settings, self._stop, self._every_s = settings, stop, every_s
        self._areas, self._places = mark(settings), _mark(settings.places)
        self._startable = True  # with the place names as they are: this role did
        self.swapped = False

    def start(self) -> None:
        """Begin to look; the thread ends with the role."""
        Thread(target=self._look, name="swaps", daemon=True).start()

    def _look(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._compare()
            except (OSError, ValueError, TypeError, ArithmeticError, MemoryError) as why:
                log.error("the files cannot be compared now: %s: %s", type(why).__name__, why)

    def _compare(self) -> None:
        """A role starts again with other files only where it could start with all of them."""
        areas, places = mark(self._settings), _mark(self._settings.places)
        if places != self._places:
            self._places, self._startable = places, self._can_start()
            if self._startable:
                self._again("place names")
                return
        if areas != self._areas:
            self._areas = areas
            if self._startable:
                self._again("areas")
            else:
                log.error("the new areas wait until the file of place names is mended")

    def _can_start(self) -> bool:
        """Whether the file of place names is one that a role can start with; the log says why."""
        path = self._settings.places
        try:
            _ = path and read_rows(path)
        except BadPlaces as why:
            faults = "; ".join(why.faults)
            log.error("the new place names are not taken, no role can start with them: %s", faults)
            return False
        return True

    def _again(self, what: str) -> None:
        log.warning("the %s are others now: this role starts again with them", what)
        self.swapped = True
        self._stop.set()


def _mark(path: Path | None) -> Mark | None:
    try:
        said = path.stat() if path else None
    except OSError:
        return None
    return (said.st_ino, said.st_mtime_ns, said.st_size) if said else None


def _file(settings: Settings) -> Path:
    return imports.file_of(settings.var / "areas", sources.city_of(settings.city))
