"""Views of the map's layers: how many things each has, and what the areas are coloured by."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.city import City
from app.domain.cases import Case
from app.domain.ground import BY_CODE, FIRST
from app.domain.kinds import KINDS
from app.domain.people import User
from app.domain.readings import Presence
from app.domain.resources import Sort
from app.services import components, ground_figures
from app.services.figures import PERIODS, Points, points_in
from app.services.views_scope import allowed_area, live_or, now_ms, root, scope_in
from app.store import counts, resources
from app.store.tx import Tx

PERIODS_S = np.full(256, 60)  # by the kind byte, as live/points.mjs
PERIODS_S[: len(KINDS)] = [kind.period_s for kind in KINDS]


def presets(city: City, user: User) -> dict[str, Any]:
    """Return the presets of the map's layers and the one that this user's role starts with."""
    found = [
        {"code": code, "name": one.name, "name_en": one.name_en, "layers": list(one.layers)}
        for code, one in city.layers.presets.items()
    ]
    return {"presets": found, "start": city.layers.start_of(user.role)}


def choropleth(
    city: City,
    user: User,
    area: str | None = None,
    domain: str | None = None,
    figure: str | None = None,
) -> dict[str, Any]:
    """Return a figure of each child area (None: nothing to say), and its steps from low to high.

    Counts, with what lies in no child, sum to the area's own.
    """
    chosen = BY_CODE.get(figure or FIRST, BY_CODE[FIRST])
    here = allowed_area(city, user, area)
    asked = ground_figures.Asked(here, user, domain)
    found, rest = ground_figures.values(city, chosen.code, asked)
    told = list(found.values())
    classes = chosen.classes(told)
    return {
        "figure": chosen.code,
        "values": found,
        "rest": rest,
        "lower": [None if low == float("-inf") else low for low in classes.lower],
        "steps": {code: classes.step_of(value) for code, value in found.items()},
        "counts": classes.counts(told),
    }


def layers(
    city: City, user: User, area: str | None = None, domain: str | None = None
) -> dict[str, int]:
    """Return how many things each layer and each row of the legend has."""
    scope = scope_in(city, user, area or root(city, user))
    found = _devices(city, scope, domain)
    with city.ledger.read() as tx:
        found |= _things(tx, scope, domain) | {"workers": counts.on_duty(tx, scope)}
        found |= _resources(tx, scope)
    return found | components.of_layers(city, user, area or root(city, user))


def _devices(city: City, scope: str, domain: str | None) -> dict[str, int]:
    points = live_or(lambda: points_in(city, scope, domain), None)
    if points is None:
        return {"devices": 0, "offline": 0, "unheard": 0}
    kinds = np.bincount(points["kind"], minlength=len(KINDS))
    found = {"devices": len(points)}
    quiet = _quiet(points, now_ms(city) // 1000)
    found |= {name: int(per_kind.sum()) for name, per_kind in quiet.items()}
    for n, kind in enumerate(KINDS):
        found[f"devices:{kind.code}"] = int(kinds[n])
        found |= {f"{name}:{kind.code}": int(k[n]) for name, k in quiet.items() if k[n]}
        row = f"devices/{kind.domain}"
        found[row] = found.get(row, 0) + int(kinds[n])
    return found


def _quiet(points: Points, now_s: int) -> dict[str, NDArray[np.int64]]:
    """How many devices of each kind are stale and have not spoken yet, as the map draws them."""
    offline, at = points["presence"] == int(Presence.OFFLINE), points["at"].astype(np.int64)
    old = (at > 0) & (now_s - at > PERIODS * PERIODS_S[points["kind"]])
    unheard = (at == 0) & ~offline
    states = {"offline": offline | old, "unheard": unheard}
    return {
        name: np.bincount(points["kind"][those], minlength=len(KINDS))
        for name, those in states.items()
    }


def _resources(tx: Tx, scope: str) -> dict[str, int]:
    sorts = resources.counted(tx, scope)
    if not sorts:
        return {}  # a city that has told of none: no row says 0
    found = {f"resources:{sort.value}": sorts.get(sort, 0) for sort in Sort if sort != Sort.CAMERA}
    return found | {"cameras": sorts.get(Sort.CAMERA, 0)}


def _things(tx: Tx, scope: str, domain: str | None) -> dict[str, int]:
    asked = {"scope": scope, "open": True, "domain": domain}
    states = counts.per_status(tx, Case, **asked)
    found = {f"cases:{status}": n for status, n in states.items()}
    found["cases"] = sum(states.values())
    levels = counts.alert_levels(tx, (), **asked, wider=False)
    for (level, _), (n, _) in levels.items():
        row = f"alerts/{level}"
        found[row] = found.get(row, 0) + n
    found["alerts"] = sum(n for n, _ in levels.values())
    return found
