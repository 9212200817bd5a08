"""接入源: a row for each source: how it comes, how it is, and where its messages went."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from layouts import ids, parts, text

Row = dict[str, Any]
COLUMNS = (
    *("source", "way", "rate", "age", "skew", "score", "sent", "received", "stored"),
    *("duplicates", "known", "refused", "reasons"),
)
REASONS_SHOWN = 3
SKEW_MS = 120_000  # as the doubt "skew" of a reading (*default*)
AHEAD_MS = -2_000  # from here a clock is ahead, not only a little fast
POOR, FAIR = 80, 95  # scores below are shown in orange, in yellow (*default*)
SPARK = (120, 22)  # of the curve, in its own units


def panel() -> list[Any]:
    """The empty page; the callback fills it."""
    head = html.Div(id=ids.FEEDS_HEAD, className="figures-line")
    return [head, html.Section(id=ids.FEEDS, className="p feeds")]


def head(data: Row) -> list[Any]:
    """How many sources there are, how many are silent, what comes and what waits."""
    rows = data["rows"]
    silent = sum(row["silent"] for row in rows)
    rate = sum(row["rate"] or 0 for row in rows)
    kept = data["letters"]
    size = megabytes(kept["bytes"])
    return [
        html.B(text.say("feeds.sources", n=sum(row["registered"] for row in rows))),
        html.Span(text.say("feeds.silent", n=silent), className="c-red" if silent else "c-good"),
        html.Span(text.say("feeds.rate", n=parts.number(rate)), className="num"),
        dcc.Link(
            text.say("feeds.letters", n=parts.number(kept["kept"]), size=size),
            href="/admin/letters",
        ),
        *(_lane(name, *figures) for name, figures in sorted(data["lanes"].items())),
    ]


def _lane(name: str, lag_ms: int, waiting: int) -> html.Span:
    words = text.say("feeds.lane", lane=_lane_name(name), lag=span(lag_ms), n=parts.number(waiting))
    return html.Span(words, className="num " + ("c-orange" if lag_ms >= 5_000 else "c-2"))


def _lane_name(name: str) -> str:
    """A lane of the broker in words; a stream source has one of its own, `stream-<source>`."""
    if name.startswith("stream-"):
        return text.say("lane.stream", name=name.removeprefix("stream-"))
    return text.say(f"lane.{name}") if f"lane.{name}" in text.WORDS else name


def table(data: Row) -> Any:
    """All sources; a source that is silent, or whose sums do not agree, is seen at once."""
    if not data["rows"]:
        return parts.nothing(text.say("feeds.none"))
    names = [html.Th(text.say(f"feeds.col.{name}"), className=f"h-{name}") for name in COLUMNS]
    body = [_row(row) for row in data["rows"]]
    return html.Table([html.Thead(html.Tr(names)), html.Tbody(body)])


def _row(row: Row) -> html.Tr:
    cells = [
        html.Td(_name(row), className="source"),
        html.Td(_way(row), className="way"),
        html.Td(_rate(row), className="rate"),
        html.Td(_age(row)),
        html.Td(_skew(row), className="num"),
        html.Td(_score(row), className="num"),
        *_reconciled(row),
        html.Td(_reasons(row), className="reasons"),
    ]
    return html.Tr(cells, className="silent" if row["silent"] else "")


def _name(row: Row) -> list[Any]:
    flags = [_flag(flag, said) for flag, said in row["flags"].items()]
    if not row["registered"]:
        flags.append(html.Em(text.say("feeds.unregistered"), className="st s-stale"))
    return [html.B(row["name"]), html.Small(row["owner"]), *flags]


def _flag(flag: str, said: Row) -> html.Em:
    key, devices = f"flag.{flag}", said.get("devices")
    title = text.say("flag.devices", n=parts.number(devices)) if devices else ""
    return html.Em(text.say(key) if key in text.WORDS else flag, className="st warn", title=title)


def _way(row: Row) -> list[Any]:
    def said(noun: str) -> str:
        key = f"{noun}.{row[noun]}"
        return text.say(key) if key in text.WORDS else str(row[noun])

    line = " · ".join(filter(None, (said("by"), said("dialect"))))
    return [html.Span(line), html.Small(said("crs"))]


def _rate(row: Row) -> list[Any]:
    rate = row["rate"]
    digits = 0 if rate is None or rate >= 10 or rate == 0 else 1
    curve = html.Img(src=spark(row["minutes"]), alt="", className="spark")
    return [html.B(parts.number(rate, digits), className="num"), curve]


def spark(minutes: list[int | None]) -> str:
    """The last hour as a picture of bars: one address instead of sixty elements."""
    width, height = SPARK
    most = max((n for n in minutes if n), default=0)
    step = width / max(len(minutes), 1)
    known = ((i * step, n / most if most else 0) for i, n in enumerate(minutes) if n is not None)
    bars = "".join(_bar(x, 1 + (height - 1) * share, step * 0.75) for x, share in known)
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}'"
        f" preserveAspectRatio='none' fill='#3fd0ff'>{bars}</svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe="/:='<> ")


def _bar(x: float, tall: float, wide: float) -> str:
    return f"<rect x='{x:.1f}' y='{SPARK[1] - tall:.1f}' width='{wide:.1f}' height='{tall:.1f}'/>"


def _age(row: Row) -> Any:
    quiet = row["quiet_s"] if row["registered"] else None
    age = parts.age(row["at"], quiet)
    title = text.say("feeds.quiet", n=quiet) if quiet else ""
    return html.Span(age, title=title, className="last")


def _skew(row: Row) -> Any:
    skew = row["skew_ms"]
    if skew is None:
        return text.say("none")
    title = text.say("feeds.skew.title", n=row["samples"])
    if skew < AHEAD_MS:
        return html.Span(text.say("feeds.ahead", n=span(-skew)), className="c-orange", title=title)
    return html.Span(
        span(max(skew, 0)), className="c-orange" if skew > SKEW_MS else "", title=title
    )


def span(ms: float) -> str:
    """A span of time: "180 ms", "2.4 s", "12 min", "3.0 h"."""
    for limit, unit, form in ((1_000, 1, "{:.0f} ms"), (120_000, 1_000, "{:.1f} s")):
        if ms < limit:
            return form.format(ms / unit)
    return f"{ms / 60_000:.0f} min" if ms < 7_200_000 else f"{ms / 3_600_000:.1f} h"


def _score(row: Row) -> Any:
    score = row["score"]
    if score is None:
        return text.say("none")
    tone = "c-orange" if score < POOR else "c-yellow" if score < FAIR else "c-good"
    doubts = " · ".join(f"{_doubt(name)} {n:,}" for name, n in row["doubts"].items())
    cell: list[Any] = [html.B(f"{score:.1f}%", className=tone, title=doubts)]
    if row["complete"] is not None:
        cell.append(html.Small(text.say("feeds.complete", n=f"{100 * row['complete']:.0f}")))
    return cell


def _doubt(name: str) -> str:
    key = f"doubt.{name}"
    return text.say(key, metric="", unit="") if key in text.WORDS else name


def _reconciled(row: Row) -> list[html.Td]:
    """Sent, received, and every place where it went; what is missing stands beside, in amber."""
    sent = parts.number(row["sent"])
    others = row["known"] + row["statuses"] + row["reports"] + row["asks"]
    counts = {key: parts.number(row[key]) for key in ("statuses", "reports", "asks", "known")}
    taken = [parts.number(row["received"]), _difference(row)]
    lost = row["sent"] is not None and row["sent"] > row["received"]
    refused = _refused(row)
    return [
        html.Td(
            html.Span(sent, className="c-orange" if lost else ""),
            className="num",
            title="" if row["sent"] is not None else text.say("feeds.sent.unknown"),
        ),
        html.Td(taken, className="num", title=text.say("feeds.said", n=parts.number(row["said"]))),
        html.Td(
            parts.number(row["stored"]),
            className="num",
            title=text.say("feeds.late", n=parts.number(row["late"])),
        ),
        html.Td(parts.number(row["duplicates"]), className="num"),
        html.Td(
            parts.number(others), className="num", title=text.say("feeds.known.parts", **counts)
        ),
        html.Td(refused, className="num"),
    ]


def _difference(row: Row) -> Any:
    missing = row["missing"]
    if missing > 0:
        words = text.say("feeds.missing", n=parts.number(missing))
        return html.Small(words, className="missing c-orange")
    if missing < 0:
        return html.Small(text.say("feeds.again", n=parts.number(-missing)), className="c-3")
    return None


def _refused(row: Row) -> Any:
    if not row["refused"]:
        return "0"
    return dcc.Link(parts.number(row["refused"]), href=letters_of(row["name"]))


def _reasons(row: Row) -> list[Any]:
    shown = [_reason(row["name"], one) for one in row["reasons"][:REASONS_SHOWN]]
    more = len(row["reasons"]) - len(shown)
    return [*shown, html.Span(f"+{more}", className="c-3")] if more > 0 else shown


def _reason(source: str, one: Row) -> dcc.Link:
    words: list[Any] = [reason(one["reason"]), " ", html.B(parts.number(one["n"]), className="num")]
    sample = one["sample"] or one["reason"]
    return dcc.Link(words, href=letters_of(source, one["reason"]), title=sample, className="chip")


def reason(code: str) -> str:
    """Why a message was refused, in words where we have them."""
    key = f"letter.{code}"
    return text.say(key) if key in text.WORDS else code


def letters_of(source: str = "", reason: str = "", **more: str) -> str:
    """The address of the dead letters of a source, of a reason."""
    asked = {"source": source, "reason": reason, **more}
    query = urlencode({name: said for name, said in asked.items() if said})
    return "/admin/letters" + (f"?{query}" if query else "")


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
