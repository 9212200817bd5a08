"""The pages without scripts speak the language of the others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import app.errors
from app.errors import Refused
from app.web.errors import SAID
from app.web.server import build
from callbacks import screens
from layouts import text
from tests import cast
from tests.web.conftest import Browser, token_of

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
def english(world):
    """The same server, in English."""
    text.speak("en")
    yield
    text.speak("zh-CN")


def shown(answer) -> str:
    """What a person reads of a page."""
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.S)


def place(city) -> str:
    return city.areas.name(city.settings.city)


def test_every_refusal_has_words() -> None:
    codes = {kind.code for kind in vars(app.errors).values() if hasattr(kind, "code")}
    assert Refused.code in codes
    codes |= {code for code, _ in SAID.values()} | {"internal"}
    assert not [code for code in codes if f"refused.{code}" not in text.WORDS]


def test_the_sign_in_is_english(english, city, anonymous) -> None:
    page = anonymous.get("/login")
    assert '<html lang="en">' in page.text
    assert not CHINESE.search(shown(page).replace(place(city), ""))
    token = token_of(page.text)
    for user, password, said in (("", "", "Enter account"), ("duty", "wrong", "is wrong")):
        form = {"user": user, "password": password, "csrf_token": token}
        page = anonymous.http.post("/login", data=form)
        assert said in shown(page)
        assert not CHINESE.search(shown(page).replace(place(city), ""))


def test_a_refusal_is_english(english, as_user) -> None:
    duty = as_user(cast.DUTY)
    page = duty.get("/vendor/none.js")
    assert page.status_code == 404
    assert "no such page" in shown(page)
    assert not CHINESE.search(shown(page))
    layout = str(as_user(cast.ZHANG).get("/wall/_dash-layout").json)
    assert not CHINESE.search(layout)


def test_a_refusal_in_chinese_says_what_exactly(as_user) -> None:
    assert "没有这个文件" in shown(as_user(cast.DUTY).get("/vendor/none.js"))


@pytest.mark.parametrize(
    ("page", "user"), [("wall", cast.DUTY), ("cockpit", cast.LEADER), ("admin", cast.ADMIN)]
)
def test_the_titles_of_the_screens_are_english(city, world, page, user) -> None:
    """They are given once, when a server is built."""
    settings = city.settings.model_copy(update={"locale": "en"})
    try:
        browser = Browser(*build(replace(city, settings=settings), screens()))
        assert browser.sign_in(user).status_code == 302
        said = browser.get(f"/{page}/{'feeds' if page == 'admin' else ''}").text
    finally:
        text.speak("zh-CN")
    (title,) = re.findall("<title>(.*)</title>", said)
    assert title.startswith("City operations · ")
    assert '<html lang="en">' in said
