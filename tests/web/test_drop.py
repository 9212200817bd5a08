"""/admin/drop as a person uses it: bring a file, map its columns, read the faults, take it."""

from __future__ import annotations

import csv
import os
import re
import time
from dataclasses import replace
from html import unescape
from io import BytesIO, StringIO

import pytest

import callbacks
from app.domain.people import Role
from app.services.reports import open_waiting
from app.store.rows import Secret
from app.web.server import build
from layouts import text
from streams.doors import DOORS
from tests import cast
from tests.streams.tables import HEAD, ORDERS, ROW, book, lines

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
UPLOAD = re.compile(r'name="upload" value="([0-9a-f]{32})"')
MAPPING = {
    "what": "order",
    "name": "hotline-export",
    "owner": "12345 热线中心",
    "crs": "gcj02",
    "zone": "Asia/Shanghai",
    "column_order_no": "工单编号",
    "column_ts": "受理时间",
    "column_type": "诉求类型",
    "column_title": "标题",
    "column_content": "内容",
    "column_address": "事发地址",
    "column_caller_name": "来电人",
    "column_caller_phone": "联系电话",
    "values_type": "投诉举报=投诉\n*=其他",
}
PLAIN = {"what": "order", "name": "calls", "owner": "U1", "crs": "wgs84", "zone": "Asia/Shanghai"}


@pytest.fixture
def world(city, password_hash):
    """The server as run.py builds it, with its doors; everybody of the cast has the password."""
    with city.ledger.begin() as tx:
        for user in cast.USERS:
            tx.put_secret(user.id, Secret(password_hash=password_hash))
    return build(city, replace(callbacks.screens(), doors=DOORS))


class Page:
    """A browser at the drop: each answer leaves its token of forms and its upload behind."""

    def __init__(self, browser):
        self.http = browser.http
        self.csrf = self.upload = ""
        self.see(self.http.get("/admin/drop"))

    def see(self, answer):
        self.status, self.text = answer.status_code, unescape(answer.text)
        self.csrf = (CSRF.findall(answer.text) or [self.csrf])[0]
        self.upload = (UPLOAD.findall(answer.text) or [self.upload])[0]
        return answer

    def bring(self, content, source="", **more):
        form = {"csrf_token": self.csrf, "source": source, **more}
        form["file"] = (BytesIO(content), "x.csv")
        return self.see(self.http.post("/admin/drop", data=form))

    def send(self, to, **form):
        form = {"csrf_token": self.csrf, "upload": self.upload, **form}
        return self.see(self.http.post(f"/admin/drop/{to}", data=form))


@pytest.fixture
def page(as_user):
    return Page(as_user(cast.COMMANDER))


def files(city, folder):
    return sorted((city.settings.var / "drop" / folder).glob("*"))


def test_from_the_file_to_the_cases(page, city):
    bad = ["G002", "昨天", *ROW[2:]]
    page.bring(lines(HEAD, ROW, bad).encode("gb18030"))
    assert '<option value="工单编号" selected>' in page.text
    assert "13812345678" not in page.text
    assert "张小明" not in page.text
    page.send("mapping", **MAPPING)
    assert '<b id="n-good">1</b>' in page.text
    assert re.search(r"<td>3</td><td>时间无法识别</td><td>时间（列“受理时间”）: 昨天", page.text)
    assert "13812345678" not in page.text
    assert open_waiting(city, "clock") == 0
    page.send("take", source="hotline-export")
    assert (page.status, "1 行不能导入" in page.text) == (409, True)
    page.send("take", source="hotline-export", good_only="1")
    assert "<b>已导入 1 行</b> · 1 行存入死信" in page.text
    assert open_waiting(city, "clock") == 1
    with city.ledger.read() as tx:
        assert tx.case_of("hotline", "G001").title == "夜间施工噪声"
    assert files(city, "uploads") == []


def test_bad_rows_come_back_as_a_table_that_runs_nothing(page):
    evil = "=cmd|'/C calc'!A0"
    page.bring(lines([*HEAD, "=1+1"], ["G9", "昨天", *ROW[2:], evil]).encode())
    page.send("mapping", **MAPPING)
    answer = page.send("bad", source="hotline-export")
    assert answer.headers["Content-Disposition"].endswith('"hotline-export-bad.csv"')
    (head, row) = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert head == ["行", "原因", *HEAD, "'=1+1"]
    assert row[0] == "2"
    assert row[2:] == ["G9", "昨天", *ROW[2:], f"'{evil}"]


def test_a_saved_mapping_is_there_the_next_time(page, city):
    page.bring(book(HEAD, ROW))
    page.send("mapping", **MAPPING)
    (saved,) = files(city, "sources")
    assert saved.stat().st_mode & 0o077 == 0
    assert "personal:" in saved.read_text()
    assert "hotline-export" in page.see(page.http.get("/admin/drop")).text
    page.bring(book(HEAD, ROW), source="hotline-export")
    assert "可导入" in page.text
    page.send("take", source="hotline-export")
    assert "已导入 1 行" in page.text
    kinds = [fact.kind for fact in city.ledger.facts_after(0)]
    assert kinds[-2:] == ["drop.mapped", "drop.taken"]


def test_a_mapping_can_be_mended(page):
    page.bring(book(HEAD, ROW))
    page.send("mapping", **MAPPING)
    page.send("mapping", source="hotline-export", edit="1")
    assert '<option value="受理时间" selected>' in page.text
    assert "投诉举报=投诉" in page.text
    page.send("mapping", **MAPPING | {"column_ts": "标题"})
    assert '<b id="n-good">0</b>' in page.text
    assert 'id="take"' not in page.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"crs": ""}, "crs"),
        ({"name": "大写"}, "small letters"),
        ({"name": "../../x"}, "small letters"),
        ({"column_order_no": ""}, "order_no missing"),
        ({"values_type": "投诉举报=抱怨"}, "抱怨"),
        ({"zone": "Mars/Base"}, "Mars/Base"),
    ],
)
def test_a_wrong_mapping_is_shown_with_its_faults(page, city, wrong, said):
    page.bring(book(HEAD, ROW))
    page.send("mapping", **MAPPING | wrong)
    assert page.status == 422
    assert said in page.text.split('id="faults"')[1].split("</div></div>")[0]
    assert files(city, "sources") == []


@pytest.mark.parametrize("content", [b"\x00\x01", b"PK\x03\x04x", b"%PDF\x00", b"\n"])
def test_a_file_that_is_no_table(page, content):
    page.bring(content)
    assert page.status == 422
    assert "文件无法读取" in page.text


def test_no_file_at_all(page):
    page.see(page.http.post("/admin/drop", data={"csrf_token": page.csrf}))
    assert (page.status, "请选择一个文件" in page.text) == (422, True)


@pytest.mark.parametrize("user", [u for u in cast.USERS if u not in (cast.COMMANDER, cast.ADMIN)])
def test_others_may_not(as_user, user):
    browser = as_user(user)
    assert browser.get("/admin/drop").status_code == 403
    assert browser.post("/admin/drop/take").status_code == 403


def test_the_administrator_may(as_user):
    assert as_user(cast.ADMIN).get("/admin/drop").status_code == 200


def test_a_duty_chief_of_one_street_may_not(city, as_user):
    with city.ledger.begin() as tx:
        tx.put_user(replace_role(cast.DISPATCHER))
    assert as_user(cast.DISPATCHER).get("/admin/drop").status_code == 403


def replace_role(user):
    return type(user)(id=user.id, name=user.name, role=Role.DUTY_CHIEF, scope=user.scope)


def test_nobody_is_sent_to_the_sign_in(anonymous):
    answer = anonymous.get("/admin/drop")
    assert answer.status_code == 302
    assert answer.location.startswith("/login")


def test_a_forged_form_is_refused(page, city):
    page.bring(book(HEAD, ROW))
    page.csrf = "x"
    assert page.send("mapping", **MAPPING).status_code == 403
    assert page.bring(book(HEAD, ROW)).status_code == 403
    assert files(city, "sources") == []


def test_an_upload_belongs_to_who_brought_it(page, as_user):
    page.bring(book(HEAD, ROW))
    page.send("mapping", **MAPPING)
    other = Page(as_user(cast.ADMIN))
    other.upload = page.upload
    other.send("take", source="hotline-export")
    assert (other.status, "已过期" in other.text) == (404, True)


@pytest.mark.parametrize("token", ["", "../../ledger.sqlite", "0" * 32])
def test_an_upload_that_is_none(page, token):
    page.upload = token
    assert page.send("take", source="x").status_code == 404


def test_uploads_do_not_stay(page, city):
    for _ in range(7):
        page.bring(book(HEAD, ROW))
    kept = files(city, "uploads")
    assert len(kept) == 5
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        os.utime(path, (time.time() - 4000, time.time() - 4000))
    page.send("mapping", **MAPPING)
    assert page.status == 404
    page.bring(book(HEAD, ROW))
    assert len(files(city, "uploads")) == 1


def test_hostile_words_are_only_words(page):
    evil = "<script>alert(1)</script>"
    answer = page.bring(lines([*HEAD, evil], [*ROW, evil]).encode())
    assert evil not in answer.text
    answer = page.send("mapping", **MAPPING | {"owner": evil})
    assert evil not in answer.text
    hostile = [evil, ROW[1], evil, evil, evil, evil, evil, evil]
    answer = page.bring(lines(HEAD, hostile).encode(), source="hotline-export")
    assert answer.status_code == 200
    assert evil not in answer.text
    assert evil not in page.http.get("/admin/drop").text


def test_a_mapping_of_the_source_file_is_offered_and_not_overwritten(page, city, tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_text(ORDERS)
    object.__setattr__(city, "settings", city.settings.model_copy(update={"sources": path}))
    page.bring(book(HEAD, ROW), source="hotline-export")
    assert "可导入" in page.text
    page.send("mapping", **MAPPING)
    assert (page.status, "请换一个" in page.text) == (422, True)


def test_in_english_each_step_is_english(page):
    text.speak("en")
    try:
        steps = [page.http.get("/admin/drop").text]
        page.bring(b"No,When,Title\nA1,2026-11-20 08:00,Noise\nA2,never,Noise\n")
        steps.append(re.sub(r"<textarea.*?</textarea>|our words: [^<]*", "", page.text, flags=re.S))
        mapping = {"column_order_no": "No", "column_ts": "When", "column_title": "Title"}
        page.send("mapping", **PLAIN, **mapping)
        steps.append(page.text)
        page.send("take", source="calls")
        steps.append(page.text)
        page.send("take", source="calls", good_only="1")
        steps.append(page.text)
        for torn in (b'No,"When\n' + b"y" * 200_000, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0\0"):
            page.bring(torn)
            steps.append(page.text)
    finally:
        text.speak("zh-CN")
    said_here = ("Try", "Our field", "can be taken", "mend them", "1 rows")
    said_of_files = ("quotes or separators", "old .xls", "no table of text")
    for step, said in zip(steps, said_here + said_of_files, strict=True):
        assert said in step
        assert not re.search(r"[\u4e00-\u9fff]", step)
