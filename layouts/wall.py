"""The wall: three columns, the map in the middle, all of it one screen."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import (
    address,
    alert_list,
    dispatch_panel,
    due_cases,
    hotline,
    ids,
    one_map,
    parts,
    text,
    tiles,
    trend,
)
from layouts.frame import account, frame, light


def page(data: dict[str, Any]) -> html.Div:
    """The whole page for the user who asks; `data` as one_map.panel takes it."""
    left = [tiles.panel(), alert_list.levels_panel(), trend.panel(), hotline.panel()]
    right = [alert_list.panel(), due_cases.panel(), dispatch_panel.panel()]
    columns = [
        html.Div(left, className="col left"),
        one_map.panel(data),
        html.Div(right, className="col right"),
    ]
    ground, here = data["ground"], address.read(data["query"])
    invisible = frame(data, on_map=True, view=one_map.looked_at(ground, here))
    stores = one_map.stores(ground["area"]["code"])
    inside = [*invisible, *stores, title_bar(data), html.Main(columns)]
    return html.Div(inside, className="wall")


def title_bar(data: dict[str, Any]) -> html.Header:
    """Time, name of the city, who is on duty, and whether what is seen can be trusted."""
    time = [html.B("--:--:--", id=ids.CLOCK, className="num"), html.Span(id=ids.CLOCK_DATE)]
    shift = text.say(f"shift.{data['shift']['name']}")
    duty = html.Span(f"{text.say('role.' + data['me']['role'])} · {shift}")
    sound = html.Button(
        html.Span(text.say("sound"), **parts.attrs(data_light_text="")),
        id=ids.SOUND,
        type="button",
        className="light-dot",
    )
    lights = [light(ids.LINK, text.say("link")), light(ids.FEED_AGE, text.say("feed_age")), sound]
    cockpit = html.A(text.say("to_cockpit"), href="/cockpit/")
    copy = parts.action(
        "copy-link",
        text.say("copy_link"),
        thing="",
        title=text.say("copy_link.why"),
        className="copy-link",
    )
    title = html.H1(text.say("title", city=data["city"]["name"]))
    return html.Header(
        [
            html.Div([*time, duty], className="hl"),
            title,
            html.Div([*lights, copy, account(data, cockpit)], className="hr"),
        ]
    )
