"""How long a letter in the search field takes in a whole city: python -m bench.search [--quick].

What it measures and how: docs/benchmarks.md. One JSON object at the end; exit code 1 when a target
is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import requests

from app.city import City
from app.domain.cases import Case, CaseStatus
from app.domain.kinds import KINDS
from app.domain.levels import Level
from app.domain.people import Worker
from app.domain.readings import Device
from app.domain.resources import Resource, Sort, State
from app.store import embedded, resources
from bench._machine import machine
from bench._stack import PASSWORD, RUN, Stack, stack, until

FULL = {"devices": 50_000, "cases": 20_000, "resources": 10_000, "workers": 2_000}
QUICK = {name: n // 10 for name, n in FULL.items()}
AT_ONCE, ROUNDS = 1_000, 3
READY_S = 60.0  # a web role that has run for so long has made its texts
TARGET_MS, FIRST_MS = 300.0, 1_000.0  # of a letter (p95), and of the first one
USERS = ("duty", "street05")
# fmt: off
ROADS = (
    "清潭", "童子河", "怀德", "广电", "勤业", "荆川", "五星", "永红", "西林", "新闸", "邹区",
    "北港", "南大街", "荷花池", "西新桥", "花园", "平岗", "白云", "白荡", "星园",
)
TITLES = (
    "暴露垃圾", "井盖缺失", "占道经营", "路灯不亮", "绿化损毁", "积水", "噪声扰民", "违法停车",
    "燃气异味", "供水中断",
)
PLACES = (
    "小学", "避难广场", "物资库", "消防站", "加油站", "路口监控",
)
# fmt: on
SURNAMES, NAMES = "张王李赵陈刘杨黄", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明"
# fmt: off
WORDS = (
    "清", "清潭", "清潭三", "清潭三村", "q", "qi", "qin", "qing", "qingt", "qingtan", "qt",
    "qtl", "gas-", "gas-00", "GAS-00012", "ZL2026", "ZL20261105", "垃圾", "暴露垃圾", "ljg",
    "blljg", "邹区", "zqz", "张", "张伟", "zhang", "zhangwei", "zw", "WX00", "RES-0", "消防",
    "xfz", "路灯", "ld", "5", "50", "怀德路12号", "hdl12", "没有这个", "xyzxyz",
)
# fmt: on


def main(argv: list[str] | None = None) -> int:
    """Run it; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    counts = QUICK if parser.parse_args(argv).quick else FULL
    about = machine()
    with stack() as city:
        city.start_roles()
        seed(city.open(), counts)
        _say("seeded")
        ours: dict[str, Any] = dict(counts)
        with _web(city) as url:
            ours |= {f"cold_{name}": ms for name, ms in _letters(url, USERS[:1], ["a"]).items()}
        with _web(city) as url:
            time.sleep(READY_S)
            ours |= {"first_ms": _letters(url, USERS[:1], ["a"])["max_ms"]}
            ours |= _letters(url, USERS, WORDS * ROUNDS)
    about["load_after"] = round(os.getloadavg()[0], 1)
    met = ours["p95_ms"] <= TARGET_MS and ours["first_ms"] <= FIRST_MS
    result = {"bench": "search", "machine": about, "ours": ours, "peers": {}, "ratios": {}}
    for name, value in ours.items():
        print(f"{name:>24}  {value}")
    print(json.dumps(result | {"met": met}, ensure_ascii=False))
    return 0 if met else 1


def seed(city: City, counts: dict[str, int]) -> None:
    """Fill a city: devices into the live store, everything else into the ledger."""
    chance = random.Random(1)
    spots = [(g.code, *g.polygon.representative_point().coords[0]) for g in city.areas.grids]

    def pages(name: str) -> Iterator[list[tuple[int, str, float, float]]]:
        for start in range(0, counts[name], AT_ONCE):
            yield [(i, *chance.choice(spots)) for i in range(start, start + AT_ONCE)][
                : counts[name] - start
            ]

    for page in pages("devices"):
        made = [_device(chance, *one) for one in page]
        city.live.register(made, [city.areas.grid_index(device.area) for device in made])
    for page in pages("cases"):
        with city.ledger.begin() as tx:
            for one in page:
                tx.add(_case(city, chance, *one))
    for page in pages("resources"):
        with city.ledger.begin() as tx:
            resources.put(tx, [_resource(city, chance, *one) for one in page])
    for page in pages("workers"):
        with city.ledger.begin() as tx:
            tx.put(*(_worker(chance, i, grid) for i, grid, _, _ in page))


def _device(chance: random.Random, i: int, grid: str, lon: float, lat: float) -> Device:
    kind = KINDS[i % len(KINDS)]
    return Device(
        code=f"{kind.code[:3].upper()}-{i:05d}",
        n=-1,
        kind=kind.code,
        name=f"{chance.choice(ROADS)}路{i % 400}号{kind.name}",
        lon=lon,
        lat=lat,
        area=grid,
        period_s=60,
    )


def _case(city: City, chance: random.Random, i: int, grid: str, lon: float, lat: float) -> Case:
    opened = city.now() - timedelta(seconds=i)
    return Case(
        id=f"ZL202611{i % 28 + 1:02d}{i:06d}",
        source="hotline",
        source_id=f"s{i}",
        code="06010",
        title=chance.choice(TITLES) + ("" if i % 3 else f"（{chance.choice(ROADS)}路{i % 500}号）"),
        description="",
        domain="city",
        level=Level.BLUE,
        status=CaseStatus.PENDING_DISPATCH,
        area=grid,
        lon=lon,
        lat=lat,
        address=f"{chance.choice(ROADS)}路{i % 900}号",
        unit=None,
        reporter="hotline",
        caller=None,
        opened_at=opened,
        changed_at=opened,
        due_at=opened + timedelta(days=5),
        limit="default",
    )


def _resource(
    city: City, chance: random.Random, i: int, grid: str, lon: float, lat: float
) -> Resource:
    return Resource(
        id=f"RES-{i:05d}",
        sort=list(Sort)[i % len(Sort)],
        name=f"{chance.choice(ROADS)}{chance.choice(PLACES)}{i}",
        kind="学校",
        area=grid,
        lon=lon,
        lat=lat,
        unit="",
        body={},
        state=State.READY,
        updated=city.now(),
    )


def _worker(chance: random.Random, i: int, grid: str) -> Worker:
    name = chance.choice(SURNAMES) + chance.choice(NAMES) + chance.choice(NAMES)
    return Worker(id=f"WX{i:04d}", name=name, unit="U01", grid=grid)


@contextmanager
def _web(city: Stack) -> Iterator[str]:
    """A web role that has just started, beside the city's own."""
    port = embedded.free_port()
    env = {**os.environ, **city.env, "CHENGYUN_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    with (city.var / "log/search.log").open("ab") as log:
        role = subprocess.Popen([*RUN, "web"], env=env, stdout=log, stderr=log)
    try:
        until(lambda: _answers(url), 60, "the second web role answers")
        yield url
    finally:
        role.terminate()
        role.wait(20)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/login", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _letters(url: str, users: tuple[str, ...], words: list[str]) -> dict[str, float]:
    """Milliseconds until the list of each of these words has come, as the page asks for it."""
    took = []
    for user in users:
        with _signed_in(url, user) as officer:
            for one in words:
                began = time.perf_counter()
                answer = officer.post(f"{url}/wall/_dash-update-component", json=_asked(one))
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.text[:200]
                assert "found" in answer.json()["response"]
    took.sort()
    p95 = took[min(len(took) - 1, round(len(took) * 0.95))]
    found = {"letters": len(took), "p50_ms": statistics.median(took), "p95_ms": p95}
    return {name: round(ms, 1) for name, ms in (found | {"max_ms": took[-1]}).items()}


def _asked(words: str) -> dict[str, Any]:
    return {
        "output": "found.children",
        "outputs": {"id": "found", "property": "children"},
        "inputs": [{"id": "act-search", "property": "data", "value": {"id": words}}],
        "changedPropIds": ["act-search.data"],
        "state": [],
    }


def _signed_in(url: str, user: str) -> requests.Session:
    officer = requests.Session()
    officer.headers["Origin"] = url
    page = officer.get(f"{url}/login", timeout=30).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"user": user, "password": PASSWORD, "csrf_token": token[1]}
    answer = officer.post(f"{url}/login", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 302, answer.status_code
    return officer


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
