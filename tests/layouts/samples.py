"""Made-up answers of the views (docs/views.md) for tests of layouts and callbacks."""

from __future__ import annotations

from typing import Any

NOW_MS = 1_795_248_522_000  # 2026-11-21 16:08:42 in Beijing
HOUR_MS = 3_600_000
ISO = "2026-11-21T08:08:00+00:00"


def page(role: str = "duty_officer") -> dict[str, Any]:
    """views.page."""
    me = {"id": "duty", "name": "值班员", "role": role, "scope": "320404", "worker": None}
    return {
        "city": {"code": "320404", "name": "钟楼区"},
        "root": "320404",
        "me": me,
        "shift": {"name": "day", "until": "2026-11-21T12:00:00+00:00"},
        "bases": [],
        "feeds": {"telemetry": 15},
        "layers": presets(),
        "query": "",
        "ground": ground(),
    }


def presets() -> dict[str, Any]:
    """views.page's "layers"."""
    layers = ["devices", "cases", "alerts", "workers"]
    daily = {"code": "daily", "name": "日常", "name_en": "Daily", "layers": layers}
    flood = {"code": "flood", "name": "防汛", "name_en": "Flood", "layers": ["devices:rain"]}
    return {"presets": [daily, flood], "start": "daily"}


def choropleth(**more: Any) -> dict[str, Any]:
    """views.choropleth of three areas."""
    plain = {
        "figure": "open",
        "values": {"a": 3, "b": 12, "c": 0},
        "lower": [0, 3, 12],
        "steps": {"a": 1, "b": 2, "c": 0},
        "rest": 0,
        "counts": [1, 1, 1],
    }
    return plain | more


def ground() -> dict[str, Any]:
    """views.ground of a district with one street."""
    ring = [[119.90, 31.77], [119.95, 31.77], [119.95, 31.80], [119.90, 31.77]]
    street = {
        "type": "Feature",
        "id": 1,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"code": "320404005", "name": "五星街道", "generated": True},
    }
    return {
        "area": {"code": "320404", "name": "钟楼区", "level": "district", "generated": False},
        "path": [{"code": "320400", "name": "常州市"}, {"code": "320404", "name": "钟楼区"}],
        "bounds": [[31.77, 119.90], [31.80, 119.95]],
        "grids": [[0, 9]],
        "outline": {"type": "FeatureCollection", "features": []},
        "children": {"type": "FeatureCollection", "features": [street]},
    }


def tile(key: str, value: float | None, **more: Any) -> dict[str, Any]:
    """One of views.tiles."""
    plain = {
        "key": key,
        "value": value,
        "unit": "",
        "digits": 0,
        "at": NOW_MS - 3000 if value is not None else None,
        "stale_after_s": 180,
        "level": 0,
        "target": None,
        "delta": None,
        "note": None,
        "why": None if value is not None else "no_device",
    }
    return plain | more


def tiles() -> list[dict[str, Any]]:
    """views.tiles."""
    return [
        tile("aqi", 78, delta={"value": 6, "against": "yesterday"}, note="良"),
        tile("river", 3.86, unit="m", digits=2, target={"value": 4.3, "sense": "max"}),
        tile("rain", 0.0, unit="mm", digits=1),
        tile("traffic", 4.6, digits=1, level=2, delta={"value": 0.8, "against": "last_week"}),
        tile("gas", 1, unit="处", level=4),
        tile("transformer", None, unit="%"),
        tile("online", 98.4, unit="%", digits=1, target={"value": 95, "sense": "min"}),
        tile("hotline", 326, unit="件"),
    ]


def alert(n: int = 1, **more: Any) -> dict[str, Any]:
    """A row of views.alerts_panel."""
    plain = {
        "id": f"A{n}",
        "warning": None,
        "rule": "gas-ch4",
        "title": "燃气浓度超限",
        "device": "GAS-0417",
        "device_name": "双桂坊 GAS-0417",
        "kind": "gas",
        "domain": "safety",
        "area": "320404003001001",
        "lon": 119.95,
        "lat": 31.78,
        "level": 4,
        "peak": 4,
        "status": "raised",
        "metric": "ch4",
        "value": 58.0,
        "threshold": 50.0,
        "unit": "%LEL",
        "raised_at": ISO,
        "changed_at": ISO,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "cleared_at": None,
        "case_id": None,
        "affected": 1,
        "escalations": 0,
        "next_due": None,
        "version": 1,
        "place": "南大街街道",
        "case_status": None,
        "digits": 1,
    }
    return plain | more


def alerts_panel(count: int = 3) -> dict[str, Any]:
    """views.alerts_panel with so many alerts."""
    rows = [alert(n, level=4 - n % 4) for n in range(count)]
    empty = {"open": 0, "unacknowledged": 0, "handling": 0}
    some = {"open": 1204, "unacknowledged": 1, "handling": 3}
    levels = {"4": some, "3": empty, "2": empty, "1": empty}
    nowhere = {"red": 0, "area": "320404"}
    told = {"total": count, "last_hour": 5, "levels": levels, "alerts": rows}
    return told | {"elsewhere": nowhere, "around": 0}


def alert_card(**more: Any) -> dict[str, Any]:
    """views.alert_card."""
    curve = [[NOW_MS - (60 - i) * 60_000, 5 + i * i / 70] for i in range(61)]
    extra = {
        "metric_name": "甲烷浓度",
        "advice": "勿开关电器，先疏散",
        "thresholds": [{"level": 4, "value": 50}, {"level": 3, "value": 20}],
        "hold_s": 60,
        "quality": 0,
        "now": {"value": 0.4, "at": NOW_MS, "stale_after_s": 90, "n": 12},
        "curve": curve,
        "worker": {"id": "W003", "name": "网格员03", "distance_m": 210.0, "on_duty": True},
        "cameras": {"near": [{"id": f"camera-{n}"} for n in range(3)], "platform": True},
        "escalates_at": "2026-11-21T08:11:00+00:00",
        "escalates_from": ISO,
        "may": ["acknowledge", "dispatch"],
    }
    return alert(**extra) | more


def case(n: int = 1, **more: Any) -> dict[str, Any]:
    """A row of views.due_cases, views.rows and the case of views.dispatch_panel."""
    plain = {
        "id": f"ZL20261121{n:06d}",
        "source": "grid",
        "source_id": "R1",
        "code": "",
        "title": "井盖缺失",
        "description": "",
        "domain": "governance",
        "level": 2,
        "status": "pending_dispatch",
        "area": "320404005001001",
        "lon": 119.95,
        "lat": 31.78,
        "opened_at": ISO,
        "changed_at": ISO,
        "due_at": "2026-11-21T10:08:00+00:00",
        "overdue": False,
        "place": "北港街道",
        "who": "网格员07",
        "share": 0.8,
    }
    return plain | more


def due_cases(count: int = 4) -> dict[str, Any]:
    """views.due_cases."""
    shares = (1.1, 0.95, 0.8, 0.4)
    rows = [case(n, share=shares[n % 4]) for n in range(count)]
    return {"open": 63, "due": count, "cases": rows}


def candidate(n: int = 1) -> dict[str, Any]:
    """One of views.candidates."""
    reasons = [
        {"code": "near", "value": 210.0},
        {"code": "own_grid", "value": None},
        {"code": "load", "value": 0},
        {"code": "skilled", "value": None},
    ]
    return {
        "worker": f"W{n:03d}",
        "name": f"网格员{n:02d}",
        "unit_name": "南大街街道",
        "distance_m": 210.0,
        "eta_s": 170,
        "load": 0,
        "score": 92.0 - n,
        "reasons": reasons,
    }


def dispatch_panel(**more: Any) -> dict[str, Any]:
    """views.dispatch_panel."""
    task = {"worker_name": "网格员09", "status": "accepted", "changed_at": ISO, "worker": "W009"}
    plain = {
        "case": case(status="pending_dispatch"),
        "alert_id": "A1",
        "title": "燃气浓度超限",
        "moves": ["dispatch", "void"],
        "unmask": [],
        "unit_name": "燃气公司",
        "candidates": [candidate(n) for n in range(1, 9)],
        "tasks": [task],
    }
    return plain | more


def trend(last_week: bool = True) -> dict[str, Any]:
    """views.trend."""
    now = [3, 2, 2, 3, 4, 7, 12, 15, 18, 21, 20, 24, 26, 25, 28, 31, 30, 27, 22, 18, 14, 9, 6, 4]
    before = [max(0, n - 3 + i % 5) for i, n in enumerate(now)] if last_week else None
    hours = [NOW_MS - (23 - i) * HOUR_MS for i in range(24)]
    total_before = sum(before) if before else None
    return {
        "hours": hours,
        "now": now,
        "last_week": before,
        "total": sum(now),
        "total_last_week": total_before,
    }


def hotline() -> dict[str, Any]:
    """views.hotline."""
    topics = (
        ("停水", "永红街道", 31, 4.2),
        ("夜间施工噪声", "新闸街道", 24, 1.0),
        ("占道停车", "", 15, None),
    )
    rows = [{"topic": t, "place": p, "count": c, "ratio": r} for t, p, c, r in topics]
    return {"total": 326, "rows": rows}


def strip() -> dict[str, Any]:
    """views.strip."""
    bars = [{"n": (i * 7) % 5, "level": (i * 7) % 5} for i in range(144)]
    return {"since": NOW_MS - 12 * HOUR_MS, "until": NOW_MS, "bars": bars}


def layers() -> dict[str, int]:
    """views.layers."""
    return {"devices": 5012, "offline": 79, "unheard": 0, "cases": 63, "workers": 41}


def device() -> dict[str, Any]:
    """views.device."""
    known = {"code": "GAS-0417", "n": 12, "kind": "gas", "name": "双桂坊燃气", "period_s": 30}
    metric = {"code": "ch4", "name": "甲烷浓度", "unit": "%LEL", "digits": 1, "value": 1.2}
    return {
        "device": known,
        "place": "南大街街道",
        "presence": 1,
        "level": 0,
        "last": {"at": NOW_MS - 9000, "quality": 0},
        "metrics": [metric, metric | {"name": "硫化氢", "value": None}],
    }


def curve() -> dict[str, Any]:
    """views.curve."""
    return {"metric": "ch4", "unit": "%LEL", "points": [[NOW_MS - 60_000, 1.0], [NOW_MS, 1.2]]}


def found() -> list[dict[str, Any]]:
    """views.search."""
    where = {"area": "320404005", "lon": 119.9, "lat": 31.8}
    device = {"kind": "device", "code": "GAS-0417", "name": "双桂坊燃气", "place": "南大街街道"}
    area = {"kind": "area", "code": "320404005", "name": "五星街道", "place": "钟楼区"}
    return [device | where, area | where]
