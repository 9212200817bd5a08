"""Sign-in: who is there, until when, and where he may be sent afterwards.

The session is a signed cookie with the user id and the epoch of his sign-in. A new sign-in and a
sign-out count the epoch up, which ends every older session and its sockets. The wall's viewer may
have several screens: only a new password ends theirs.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Flask, g, redirect, render_template, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.city import City
from app.domain.people import Role, User
from app.errors import Refused, SignInNeeded
from app.services import people

HOME = {Role.GRID_WORKER: "/m/", Role.LEADER: "/cockpit/", Role.SYS_ADMIN: "/admin/feeds"}

# A phone in a pocket sends nothing for hours and must still be able to deliver what it kept, so a
# grid worker's session lasts a shift (*default*); the wall's screen is read-only and never ends.
SHIFT = timedelta(hours=12)
FOREVER = timedelta(days=400)


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a user."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.id = user.id


def idle_limit(user: User, idle_min: int) -> timedelta:
    """Return how long a session of this user lives without anybody touching it."""
    if user.role is Role.VIEWER:
        return FOREVER
    return SHIFT if user.role is Role.GRID_WORKER else timedelta(minutes=idle_min)


def whoami() -> User:
    """Return the signed-in user of the present request; raises SignInNeeded."""
    if not current_user.is_authenticated:
        raise SignInNeeded("请先登录。")
    user: User = current_user.user
    return user


def still_signed_in(city: City, user_id: str, epoch: int) -> User | None:
    """Return the user when this sign-in is still the valid one, else None."""
    user = people.user_by_id(city, user_id)
    return user if user and people.session_epoch(city, user_id) == epoch else None


def safe_next(target: str | None) -> str | None:
    """Return a path of ours, or None: no other host, no scheme, no backslash tricks."""
    if not target or not target.startswith("/") or "\\" in target or target.startswith("//"):
        return None
    if any(ord(char) < 32 for char in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def register(server: Flask, city: City) -> None:
    """Install the sign-in pages and the session's rules."""
    logins = LoginManager()
    logins.session_protection = "basic"
    logins.init_app(server)
    idle_min = city.settings.session_idle_min

    @logins.user_loader  # type: ignore[untyped-decorator]
    def load(user_id: str) -> SignedIn | None:
        user = still_signed_in(city, user_id, int(session.get("epoch", -1)))
        if user is None:
            return None
        idle = time.time() - float(session.get("seen", 0))
        return SignedIn(user) if idle <= idle_limit(user, idle_min).total_seconds() else None

    server.register_blueprint(_pages(city))


def touch() -> None:
    """Note that the user did something now; at most one new cookie per 20 s."""
    now = time.time()
    if now - float(session.get("seen", 0)) > 20:
        session["seen"] = now


def _pages(city: City) -> Blueprint:
    pages = Blueprint("auth", __name__)

    @pages.get("/login")
    def form() -> Any:
        if current_user.is_authenticated:
            return redirect(_home(whoami(), request.args.get("next")))
        return _form(city, next=request.args.get("next"))

    @pages.post("/login")
    def sign_in() -> Any:
        user_id = request.form.get("user", "").strip()
        password = request.form.get("password", "")
        if not user_id or not password:
            return _form(city, said="login.empty", user=user_id), 422
        try:
            user = people.sign_in(city, user_id, password, request.remote_addr or "")
        except Refused as why:
            said = "login.wrong" if isinstance(why, SignInNeeded) else f"refused.{why.code}"
            return _form(city, said=said, message=why.message, user=user_id), why.status
        return _welcome(city, user)

    @pages.post("/logout")
    def sign_out() -> Any:
        _next_epoch(city, whoami())
        logout_user()
        session.clear()
        return redirect("/login")

    @pages.get("/")
    def home() -> Any:
        return redirect(_home(whoami()))

    return pages


def _welcome(city: City, user: User) -> Response:
    """Start a fresh session (nothing of the one before is kept) and go where he wanted to go."""
    wanted = request.form.get("next")
    epoch = _next_epoch(city, user)
    session.clear()
    g.pop("csrf_token", None)
    session.update(epoch=epoch, seen=time.time())
    session.permanent = True
    login_user(SignedIn(user))
    generate_csrf()  # kept in the session now: two first requests at once would each make their own
    return redirect(_home(user, wanted))


def _next_epoch(city: City, user: User) -> int:
    """Count the epoch up, which ends every other session of the account; not of the viewer's."""
    with city.ledger.begin() as tx:
        secret = tx.user_secret(user.id)
        if secret is None:
            raise SignInNeeded("账号已被删除。")
        if user.role is not Role.VIEWER:
            secret = msgspec.structs.replace(secret, session_epoch=secret.session_epoch + 1)
            tx.put_secret(user.id, secret)
    return secret.session_epoch


def _home(user: User, wanted: str | None = None) -> str:
    return safe_next(wanted) or HOME.get(user.role, "/wall/")


def _form(city: City, *, next: str | None = None, **said: str) -> str:  # noqa: A002
    wanted = next if next is not None else request.form.get("next", "")
    place = city.areas.name(city.settings.city)
    return render_template("login.html", next=safe_next(wanted) or "", place=place, **said)
