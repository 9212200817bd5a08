"""A server of its own per test on the test's city, and browsers of the cast that are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_socketio import SocketIO, SocketIOTestClient

import callbacks
from app.city import City
from app.domain.people import User
from app.store.rows import Secret
from app.web.push import Push
from app.web.server import build
from tests import cast

PASSWORD = "Right-Horse-2026"


class Browser:
    """One person's browser: it keeps its cookies and sends the CSRF token as our clients do."""

    def __init__(self, server: Flask, sockets: SocketIO) -> None:
        self._server, self._sockets = server, sockets
        self.http: FlaskClient = server.test_client()
        self.csrf = ""

    def sign_in(self, user: User, password: str = PASSWORD) -> Any:
        """Fill in the form; the answer of the POST."""
        token = token_of(self.http.get("/login").text)
        form = {"user": user.id, "password": password, "csrf_token": token}
        answer = self.http.post("/login", data=form)
        if answer.status_code == 302:
            self.csrf = self.get("/api/v1/me").json["csrf"]
        return answer

    def get(self, path: str, **more: Any) -> Any:
        """GET."""
        return self.http.get(path, **more)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST as our clients do."""
        said = {"X-CSRFToken": self.csrf} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.http.post(path, json={} if body is None else body, headers=said)

    def socket(self) -> SocketIOTestClient:
        """Connect a socket with this browser's cookies."""
        return self._sockets.test_client(self._server, flask_test_client=self.http)


def token_of(page: str) -> str:
    """The CSRF token hidden in a form."""
    return page.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash for the whole cast: hashing is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def world(city: City, password_hash: str) -> tuple[Flask, SocketIO]:
    """The server on the test's city; everybody of the cast has the password."""
    with city.ledger.begin() as tx:
        for user in cast.USERS:
            tx.put_secret(user.id, Secret(password_hash=password_hash))
    return build(city, callbacks.screens())


@pytest.fixture
def server(world: tuple[Flask, SocketIO]) -> Flask:
    """The Flask server."""
    return world[0]


@pytest.fixture
def push(server: Flask) -> Push:
    """The push of that server, which the test steps by hand."""
    pusher: Push = server.extensions["push"]
    pusher.seq = pusher.city.ledger.last_seq()
    pusher._begin()
    return pusher


@pytest.fixture
def anonymous(world: tuple[Flask, SocketIO]) -> Browser:
    """A browser of nobody."""
    return Browser(*world)


@pytest.fixture
def as_user(world: tuple[Flask, SocketIO]) -> Iterator[Callable[[User], Browser]]:
    """Sign somebody of the cast in: as_user(cast.DUTY)."""

    def sign_in(user: User) -> Browser:
        browser = Browser(*world)
        assert browser.sign_in(user).status_code == 302
        return browser

    return sign_in
