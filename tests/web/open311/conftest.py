"""A server with its doors, and a client of another maker before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

import callbacks
from app.services import tokens
from app.web.server import build
from streams.doors import DOORS
from tests.web.open311.answers import HERE


@pytest.fixture
def world(city):
    """The server as run.py builds it, with its doors."""
    return build(city, replace(callbacks.screens(), doors=DOORS))


@pytest.fixture
def key(city):
    return tokens.issue(city, None, source="fixmystreet", scopes=("open311",))[1]


@pytest.fixture
def http(anonymous):
    return anonymous.http


@pytest.fixture
def post(http, key):
    def send(form="json", **more):
        said = {"api_key": key, "service_code": "06010", "description": "路边有垃圾", **HERE}
        said |= {name.replace("attribute_", "attribute["): v for name, v in more.items()}
        said = {k: v for k, v in said.items() if v is not None}
        return http.post(f"/open311/v2/requests.{form}", data=said)

    return send
