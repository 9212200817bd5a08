"""Scripts and styles are the same for everybody, and answered without a look at the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.web import live_layer
from app.web.stills import ASSETS, is_still
from tests import cast

BOOT = "/wall/assets/boot.js"


@pytest.fixture
def style() -> Iterator[str]:
    """A style sheet that comes and goes with this test."""
    path = ASSETS / "test-of-stills.css"
    path.write_text("a{}", encoding="utf-8")
    yield path.name
    path.unlink()


def test_only_scripts_and_styles_are_still() -> None:
    still = [
        BOOT,
        "/cockpit/_dash-component-suites/dash/deps/x.js",
        "/vendor/idb.js",
        "/live/x.mjs",
    ]
    moving = [
        *("/wall/", "/wall/_dash-layout", "/api/v1/me", "/api/assets", "/m/", "/login"),
        "/wall/_dash-component-suites/x.js",  # Dash answers that with the page itself
    ]
    assert all(is_still(path) for path in still)
    assert not any(is_still(path) for path in moving)


@pytest.mark.parametrize(
    "other", ["x/../boot.js", "./boot.js", "/boot.js", "boot.js/", "boot.js/."]
)
def test_a_file_has_one_path_alone(anonymous, other) -> None:
    """Others of it would each be kept, and there is no end of them."""
    assert not is_still(f"/wall/assets/{other}")
    assert anonymous.get(f"/wall/assets/{other}").status_code == 302


def test_a_script_that_dash_has_not_is_no_fault_of_ours(anonymous, caplog) -> None:
    for path in ("dash/none.js", "none/x.js"):
        assert anonymous.get(f"/wall/_dash-component-suites/{path}").status_code == 404
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def test_they_are_there_before_anybody_signs_in(anonymous) -> None:
    first, again = anonymous.get(BOOT), anonymous.get(BOOT)
    assert first.status_code == again.status_code == 200
    assert first.data == again.data == (ASSETS / "boot.js").read_bytes()
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in again.headers


def test_each_coding_has_its_own_bytes(anonymous) -> None:
    said = {}
    for accepted, coding in (
        *(("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None), ("", None)),
        *(("br;q=0, gzip", "gzip"), ("br;q=0", None), ("gzip, br;q=0.5", "gzip"), ("*", "br")),
        ("x-br", None),
    ):
        answer = anonymous.get(BOOT, headers={"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == coding
        said[coding] = len(answer.data)
    assert max(said["br"], said["gzip"]) < said[None]


def test_what_a_browser_has_it_is_not_sent_again(anonymous) -> None:
    tag = anonymous.get(BOOT).headers["ETag"]
    assert anonymous.get(BOOT, headers={"If-None-Match": tag}).status_code == 304
    assert anonymous.get(BOOT, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_changed_file_is_seen_at_once(anonymous, style) -> None:
    assert anonymous.get(f"/wall/assets/{style}").text == "a{}"
    (ASSETS / style).write_text("b{}  ", encoding="utf-8")
    assert anonymous.get(f"/wall/assets/{style}").text == "b{}  "


def test_what_is_not_there_is_not_there(anonymous) -> None:
    assert anonymous.get("/wall/assets/none.js").status_code == 404
    assert anonymous.get("/wall/assets/../../../app/config.py").status_code == 302


def test_every_script_of_the_page_is_there_without_sign_in(as_user, anonymous) -> None:
    page = as_user(cast.DUTY).get("/wall/").text
    found = re.findall(r'(?:src|href)="(/[^"]+\.(?:m?js|css)[^"]*)"', page)
    assert live_layer.address() in found
    for path in found:
        assert anonymous.get(path).status_code == 200, path


def test_the_live_layer_is_kept_for_good_and_an_old_address_leads_to_it(anonymous) -> None:
    answer = anonymous.get(live_layer.address())
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert anonymous.get("/live/older.mjs").location == live_layer.address()
