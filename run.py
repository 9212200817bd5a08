"""The one entrance: python run.py demo | web | ingest | watch | clock | archive | check | …

Builds the city from its settings and starts one role, or all of them as children (demo).
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from app.config import load_settings
from app.errors import BadConfiguration

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.city import City
    from app.config import Settings
    from app.web.front import Front

# groups of commands: module with arguments(parser) and run(settings, args), and what it is about
GROUPS = {
    "feeds": ("streams.commands", "other systems' feeds (docs/sources.md)"),
    "people": ("app.people_command", "units, workers, accounts (docs/people.md)"),
    "areas": ("app.areas_command", "the area tree (docs/geodata.md)"),
    "grids": ("app.grids_command", "unit grids, duties, zones (docs/grids.md)"),
    "components": ("app.components_command", "components, 部件 (docs/components.md)"),
    "resources": ("app.resources_command", "teams, supplies, cameras … (docs/resources.md)"),
}
SCENARIOS = ("demo", "calm", "rainstorm", "gas-leak", "heatwave", "device-storm")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 when it ended as asked, 2 on a wrong configuration."""
    args = _arguments().parse_args(argv)
    os.umask(0o077)  # ledger, photos and logs tell of citizens: they are for our user alone
    if args.command == "web":  # gevent patches the libraries before anybody imports them
        from app.web.role import main as web

        return web(_screens)
    try:
        if args.command == "demo":
            return _demo(args)
        settings = load_settings()
        _speak(settings.log_level)
        if args.command in GROUPS:
            return int(import_module(GROUPS[args.command][0]).run(settings, args))
        return COMMANDS[args.command](settings, args)
    except BadConfiguration as why:
        print("城运 cannot start:", file=sys.stderr)
        for fault in why.faults:
            print(f"  - {fault}", file=sys.stderr)
        return 2


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="a whole living city on this machine")
    demo.add_argument("--port", type=int, help="port of the screens (default: 8050 or a free one)")
    demo.add_argument("--host", help="address of the screens (default: 127.0.0.1)")
    demo.add_argument("--var", type=Path, help="folder of everything it keeps (default: var)")
    demo.add_argument("--city", help="six-digit area code (default: 320404 钟楼区)")
    demo.add_argument("--for", dest="seconds", type=float, help="stop after so many seconds")
    simulator = commands.add_parser("simulator", help="only the simulated city, to a broker")
    for each in (demo, simulator):
        each.add_argument("--devices", type=int, default=2000)
        each.add_argument("--scenario", choices=SCENARIOS, default="demo")
        each.add_argument("--seed", type=int, default=1)
        each.add_argument("--speed", type=float, default=1.0, help="how fast its day passes")
    for name, (module, what) in GROUPS.items():
        import_module(module).arguments(commands.add_parser(name, help=what))
    _history_arguments(commands.add_parser("history", help="the readings kept (docs/history.md)"))
    for name, what in {
        "web": "screens, API and push",
        "ingest": "MQTT to Redis",
        "hj212": "stations of pollution sources by TCP, when a source is of that dialect",
        "watch": "rules and presence",
        "clock": "deadlines, waiting reports, unpublished facts",
        "archive": "readings to Parquet",
        "migrate": "create or upgrade the ledger",
        "prepare": "migrate and enrol the demo cast",
        "check": "say whether everything is usable",
    }.items():
        commands.add_parser(name, help=what)
    return parser


def _history_arguments(history: argparse.ArgumentParser) -> None:
    out = history.add_subparsers(dest="verb", required=True).add_parser(
        "export", help="readings as a file for a spreadsheet (.csv) or for analysis (.parquet)"
    )
    out.add_argument("--device", default="", help="code of one device")
    out.add_argument("--kind", default="", help="all devices of a kind, for example gas")
    out.add_argument("--area", default="", help="all devices below an area code")
    what = "ISO-8601, Beijing time unless it says otherwise; a day means its "
    out.add_argument("--since", type=_moment, required=True, help=f"{what}beginning")
    out.add_argument("--until", type=lambda text: _moment(text, end=True), help=f"{what}end")
    out.add_argument("--level", default="raw", help="raw (default), minute, hour or daily")
    out.add_argument("--out", type=Path, required=True, help="the new file, .csv or .parquet")


def _moment(text: str, *, end: bool = False) -> datetime:
    from app.services.history_export import moment

    try:
        return moment(text, end=end)
    except ValueError as why:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment, like 2026-11-21T08:00") from why


def _screens() -> Front:
    from dataclasses import replace

    import callbacks
    from streams import doors

    return replace(callbacks.screens(), doors=doors.DOORS)


def _speak(level: str) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )


def _stop_on_signal() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _demo(args: argparse.Namespace) -> int:
    from app.demo import run

    settings = load_settings(port=args.port, host=args.host, var=args.var, city=args.city)
    _speak("WARNING")
    return run(settings, args, _stop_on_signal())


def _ingest(settings: Settings, _: argparse.Namespace) -> int:
    from app.services import areas
    from streams import lanes

    def work(city: City, stop: Event) -> None:
        areas.settle_beside(city, stop)
        lanes.run(city, stop)

    return _loop(work, settings)


def _hj212(settings: Settings, _: argparse.Namespace) -> int:
    from streams import hj212_server

    return _loop(hj212_server.run, settings)


def _watch(settings: Settings, _: argparse.Namespace) -> int:
    from app.services import watch

    return _loop(watch.run, settings)


def _clock(settings: Settings, _: argparse.Namespace) -> int:
    from app.services import clock

    return _loop(clock.run, settings)


def _archive(settings: Settings, _: argparse.Namespace) -> int:
    from app.services import archive

    return _loop(archive.run, settings)


def _loop(run: Callable[[City, Event], None], settings: Settings) -> int:
    """Open the city and run one role until a signal, or until its areas are swapped."""
    from app.city import open_city
    from app.swaps import AGAIN, Lookout

    stop = _stop_on_signal()
    lookout = Lookout(settings, stop)
    city = open_city(settings)
    lookout.start()
    run(city, stop)
    return AGAIN if lookout.swapped else 0


def _simulator(settings: Settings, args: argparse.Namespace) -> int:
    from streams import simulator

    simulator.run(
        settings,
        _stop_on_signal(),
        devices=args.devices,
        scenario=args.scenario,
        seed=args.seed,
        speed=args.speed,
    )
    return 0


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from app.store.ledger import Ledger

    Ledger.open(settings.database_url).migrate()
    return 0


def _prepare(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import components_made, demo_ground, demo_resources, people

    _migrate(settings, args)
    if settings.demo_password is None:
        raise BadConfiguration(["CHENGYUN_DEMO_PASSWORD: the demo cast needs a password"])
    city = open_city(settings)
    people.demo_cast(city, settings.demo_password)
    demo_resources.seed(city)
    demo_ground.seed(city)
    components_made.seed(city)
    return 0


def _history(settings: Settings, args: argparse.Namespace) -> int:
    from app.errors import Refused
    from app.services import history_export
    from app.store.history import History
    from app.store.history_export import Wanted
    from layouts import text
    from layouts.words.export import COLUMNS

    text.speak(settings.locale)
    assert settings.history is not None
    since, until = args.since, args.until or datetime.now(UTC)
    wanted = Wanted(
        since=int(since.timestamp() * 1000),
        until=int(until.timestamp() * 1000),
        **{name: getattr(args, name) for name in ("device", "kind", "area", "level")},
    )
    headings = {name: text.say(f"export.{name}") for name in COLUMNS}
    try:
        rows = history_export.write(History(settings.history), args.out, wanted, headings)
    except Refused as why:
        print(text.say("export_failed", why=why.message), file=sys.stderr)
        for name, fault in why.fields.items():
            print(f"  - --{name}: {fault}", file=sys.stderr)
        return 2
    except OSError as why:
        print(text.say("export_failed", why=why), file=sys.stderr)
        return 1
    print(text.say("export_done", n=rows, out=args.out) if rows else text.say("export_nothing"))
    return 0


def _check(settings: Settings, _: argparse.Namespace) -> int:
    from app.services.checkup import checkup
    from streams import feeds_try, mqtt

    findings = [*checkup(settings), ("MQTT broker", *mqtt.probe(settings))]
    findings.append(("sources", *feeds_try.probe(settings.sources)))
    for name, ok, said in findings:
        print(f"{'ok   ' if ok else 'FAULT'}  {name:<12} {said}")
    return 0 if all(ok for _, ok, _ in findings) else 1


COMMANDS = {
    "ingest": _ingest,
    "hj212": _hj212,
    "watch": _watch,
    "clock": _clock,
    "archive": _archive,
    "simulator": _simulator,
    "migrate": _migrate,
    "prepare": _prepare,
    "check": _check,
    "history": _history,
}

if __name__ == "__main__":
    sys.exit(main())
