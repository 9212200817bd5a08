"""A role whose areas or place names have another file now ends, so that it starts again with it."""

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
        self.swapped = False

    def start(self) -> None:
        """Begin to look; the thread ends with the role."""
        Thread(target=self._look, name="swaps", daemon=True).start()

    def _look(self) -> None:
        while not self._stop.wait(self._every_s):
            if mark(self._settings) != self._areas:
                self._again("areas")
            elif self._has_new_places():
                self._again("place names")

    def _has_new_places(self) -> bool:
        """Whether the file of place names is another one that a role can start with."""
        path = self._settings.places
        now = _mark(path)
        if path is None or now == self._places:
            return False
        self._places = now
        try:
            read_rows(path)
        except BadPlaces as why:
            log.error("the new place names are not taken: %s", "; ".join(why.faults))
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
