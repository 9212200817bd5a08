"""The small pieces that every panel is made of: a frame, a level mark, a number, a ring."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from dash import html

from layouts import text

BEIJING = timezone(timedelta(hours=8))
LEVELS = ("none", "blue", "yellow", "orange", "red")


def attrs(**marks: str) -> Any:
    """Return data- and aria-attributes; an underline in a name stands for the hyphen."""
    return {name.replace("_", "-"): value for name, value in marks.items()}


def panel(title: Any, *body: Any, note: Any = None, name: str = "") -> html.Section:
    """A framed panel with a title strip; `note` stands small at its right end."""
    head = html.H2([title, html.Small(note)] if note is not None else [title])
    label = title if isinstance(title, str) else name
    return html.Section([head, *body], className=f"p {name}", **attrs(aria_label=label))


def level_mark(level: int) -> html.Span:
    """The mark of a level: colour and shape, and the word for who cannot see them."""
    word = text.say(f"level.{int(level)}")
    return html.Span(
        "!", className=f"lv {LEVELS[int(level)]}", role="img", title=word, **attrs(aria_label=word)
    )


def number(value: float | None, digits: int = 0) -> str:
    """Return a figure for people, "—" when there is none: thousands are grouped."""
    return text.say("none") if value is None else f"{value:,.{digits}f}"


def distance(metres: float | None) -> str:
    """Return a distance for people: "210 m", "2.4 km"."""
    if metres is None:
        return text.say("none")
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def milliseconds(moment: str | None) -> int | None:
    """Return the epoch milliseconds of an ISO-8601 moment."""
    return None if moment is None else int(datetime.fromisoformat(moment).timestamp() * 1000)


def clock(moment: str | int | None, form: str = "%H:%M") -> str:
    """Return a moment (ISO-8601 or epoch ms) as Beijing time."""
    if moment is None:
        return text.say("none")
    at = (
        datetime.fromisoformat(moment)
        if isinstance(moment, str)
        else datetime.fromtimestamp(moment / 1000, BEIJING)
    )
    return at.astimezone(BEIJING).strftime(form)


def age(at_ms: int | None, stale_after_s: int | None = None) -> html.Span:
    """An age that ticks in the browser; it marks itself stale after `stale_after_s`."""
    if at_ms is None:
        return html.Span(text.say("none"), className="age num")
    more: Any = {} if stale_after_s is None else attrs(data_stale_after=str(stale_after_s))
    return html.Span("", className="age num", **attrs(data_at=str(at_ms)), **more)


def action(name: str, *children: Any, thing: str, value: str | None = None, **more: Any) -> Any:
    """A button that sets the store act-`name`; see docs/live-layer.md."""
    marks = attrs(data_action=name, data_id=thing)
    if value is not None:
        marks["data-value"] = value
    return html.Button(list(children), type="button", **marks, **more)


def badge(words: str, tone: str) -> html.Span:
    """A small framed word: tone is "new", "ack", "go" or "stale"."""
    return html.Span(words, className=f"st s-{tone}")


def ring(share: float | None, tone: str) -> html.Span:
    """A ring that is filled by a share of 0..1."""
    turn = round(min(max(share or 0.0, 0.0), 1.0) * 360)
    style = {"--turn": f"{turn}deg", "--tone": f"var(--{tone})"}
    return html.Span(className="ring", style=style, **attrs(aria_hidden="true"))


def nothing(words: str) -> html.P:
    """What a panel says when it has nothing to show."""
    return html.P(words, className="nothing")
