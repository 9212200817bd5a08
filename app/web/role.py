"""The web role's own process: gevent patches the standard library before anything else is imported.

Import this module only from the process that is to be the web role: patching is for the whole
process. The other roles are other processes and are never patched; DuckDB, which the web role asks
for long curves, is asked in a real thread (app.services.views_devices).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.web.front import Front


def main(screens: Callable[[], Front]) -> int:
    """Patch, open the city of the settings, serve until SIGTERM or SIGINT; the exit code.

    `screens` is called after the patch, since it imports what must be patched.
    """
    from gevent import monkey

    monkey.patch_all()
    return _serve(screens)


def _serve(screens: Callable[[], Front]) -> int:
    import logging
    import signal
    from threading import Event

    import gevent
    import pandas  # noqa: F401 - pyarrow loads it in a thread, and half loaded it breaks Dash's JSON

    from app.city import open_city
    from app.config import load_settings
    from app.errors import BadConfiguration
    from app.swaps import AGAIN, Lookout
    from app.web.server import serve

    try:
        settings = load_settings()
    except BadConfiguration as why:
        sys.stderr.write("城运 cannot start:\n" + "".join(f"  - {x}\n" for x in why.faults))
        return 2
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    lookout = Lookout(settings, stop)
    try:
        city = open_city(settings)
        lookout.start()
        serve(city, stop, screens())
    except BadConfiguration as why:
        sys.stderr.write("城运 cannot start:\n" + "".join(f"  - {x}\n" for x in why.faults))
        return 2
    return AGAIN if lookout.swapped else 0
