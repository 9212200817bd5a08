"""Steps that many stories of the services begin with."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from app.domain.reports import HotlineOrder, Report
from app.services import photos, reports
from tests import cast


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    """A small picture as a phone might send it."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def spot(areas) -> tuple[float, float]:
    """A place in the grid of the cast."""
    return areas.point_in(cast.GRID, np.random.default_rng(1))


@pytest.fixture
def a_report(spot):
    """Make a report of W001 about exposed garbage."""

    def make(report_id: str = "r1", **other) -> Report:
        plain = {
            "id": report_id,
            "channel": "phone",
            "worker": "W001",
            "at": 1_795_000_000_000,
            "code": "06010",
            "title": "暴露垃圾",
            "description": "路边有垃圾",
            "lon": spot[0],
            "lat": spot[1],
        }
        return Report(**plain | other)

    return make


@pytest.fixture
def an_order(spot):
    """Make a 12345 order with a caller's name and number in it."""

    def make(order_no: str = "G1", **other) -> HotlineOrder:
        plain = {
            "order_no": order_no,
            "channel": "phone",
            "at": 1_795_000_000_000,
            "type": "投诉",
            "urgency": "一般",
            "category": "噪声",
            "title": "夜间施工噪声",
            "content": "张小明反映夜里施工，电话13800001234。",
            "address": "钟楼区关河路12号3幢502",
            "lon": spot[0],
            "lat": spot[1],
            "caller_name": "张小明",
            "caller_phone": "13800001234",
        }
        return HotlineOrder(**plain | other)

    return make


@pytest.fixture
def case(city, a_report):
    """A case that waits for its dispatch, reported by ZHANG."""
    from app.services import cases

    opened = reports.file(city, a_report(), by=cast.ZHANG)
    return cases.register(city, opened.id, by=cast.DISPATCHER)


@pytest.fixture
def photo(city, jpeg) -> str:
    """A photo that ZHANG has uploaded."""
    return photos.store(city, jpeg, "image/jpeg", by=cast.ZHANG)


@pytest.fixture
def kinds_told(city):
    """The kinds of all facts so far, in order."""
    return lambda: [fact.kind for fact in city.ledger.facts_after(0)]
