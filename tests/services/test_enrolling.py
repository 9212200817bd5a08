"""The people of a city from tables: what fits, what does not and why, and who may then sign in."""

from __future__ import annotations

import pytest

from app.domain.enrolment import Sort
from app.domain.people import Role
from app.errors import Conflict, Invalid, NotFound, SignInNeeded
from app.services import enrolling, people
from tests import cast

UNITS = "编号,名称,区域,职责\nRQ,燃气公司,320404,燃气监测、06\n"
WORKERS = "编号,姓名,单位,网格,技能\nG001,扎西,U01,320404001,06 gas\n"
USERS = (
    "账号,姓名,角色,区域,人员编号\nzhiban,德吉,值班员,320404,\ng001,张网格,网格员,320404001,W001\n"
)


@pytest.fixture
def table(tmp_path):
    """Writes a table."""

    def write(text, encoding="utf-8"):
        file = tmp_path / "people.csv"
        file.write_bytes(text.encode(encoding))
        return file

    return write


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_accounts_are_tried_then_taken_and_sign_in_with_the_password_shown(city, table, encoding):
    trial = enrolling.attempt(city, Sort.USERS, table(USERS, encoding))
    assert ([user.id for user in trial.added], trial.bad) == (["zhiban", "g001"], [])
    with pytest.raises(SignInNeeded):
        people.sign_in(city, "zhiban", "anything", "10.0.0.1")  # only tried
    passwords = enrolling.take(city, trial, "cli")
    there = people.sign_in(city, "g001", passwords["g001"], "10.0.0.1")
    assert (there.role, there.scope, there.worker) == (Role.GRID_WORKER, "320404001", "W001")
    assert not any(word in str(city.ledger.facts_after(0)) for word in passwords.values())


def test_units_and_workers_come_with_their_skills_by_code(city, table):
    enrolling.take(city, enrolling.attempt(city, Sort.UNITS, table(UNITS)), "cli")
    enrolling.take(city, enrolling.attempt(city, Sort.WORKERS, table(WORKERS)), "cli")
    with city.ledger.read() as tx:
        assert next(u for u in tx.units() if u.id == "RQ").skills == ("gas", "06")
        assert tx.worker("G001").skills == ("06", "gas")


def test_who_changes_keeps_the_password_and_with_his_role_his_session(city, table):
    file = table(USERS)
    passwords = enrolling.take(city, enrolling.attempt(city, Sort.USERS, file), "cli")
    epoch = people.session_epoch(city, "zhiban")
    renamed = enrolling.attempt(city, Sort.USERS, table(USERS.replace("德吉", "卓玛")))
    assert enrolling.take(city, renamed, "cli") == {}
    assert people.session_epoch(city, "zhiban") == epoch
    again = enrolling.attempt(city, Sort.USERS, table(USERS.replace("德吉,值班员", "卓玛,值班长")))
    assert ([user.id for user in again.changed], again.same) == (["zhiban"], 1)
    assert enrolling.take(city, again, "cli") == {}
    assert people.sign_in(city, "zhiban", passwords["zhiban"], "10.0.0.1").role is Role.DUTY_CHIEF
    assert people.session_epoch(city, "zhiban") == epoch + 1, "an open screen ends"


def test_a_worker_off_duty_stays_so_until_a_row_says_otherwise(city, table, kinds_told):
    off = "编号,姓名,单位,网格,在岗\nW001,张网格,U01,320404001,否\n"
    enrolling.take(city, enrolling.attempt(city, Sort.WORKERS, table(off)), "cli")
    assert kinds_told() == ["worker.went_off_duty", "people.taken"]
    silent = off.replace(",在岗", "").replace(",否", "")
    assert enrolling.attempt(city, Sort.WORKERS, table(silent)).same == 1


def test_a_shut_account_lets_nobody_in_until_it_has_a_password(city, table, kinds_told):
    passwords = enrolling.take(city, enrolling.attempt(city, Sort.USERS, table(USERS)), "cli")
    epoch = people.session_epoch(city, "zhiban")
    enrolling.shut(city, "zhiban", "cli")
    assert people.session_epoch(city, "zhiban") == epoch + 1
    with pytest.raises(SignInNeeded):
        people.sign_in(city, "zhiban", passwords["zhiban"], "10.0.0.1")
    word = enrolling.renew(city, "zhiban", "cli")
    assert people.sign_in(city, "zhiban", word, "10.0.0.1").id == "zhiban"
    with pytest.raises(NotFound):
        enrolling.renew(city, "nobody", "cli")
    assert kinds_told()[:4] == ["user.enrolled", "user.enrolled", "people.taken", "user.shut"]


@pytest.mark.parametrize(
    ("sort", "row", "why"),
    [
        (Sort.USERS, "Chen,陈,值班员,320404,", "must have 2 to 32"),
        (Sort.USERS, "chen,陈,市长,320404,", "role '市长' is none of 只读"),
        (Sort.USERS, "chen,陈,网格员,320404001,", "needs worker"),
        (Sort.USERS, "chen,陈,领导,320404,W001", "has no worker"),
        (Sort.USERS, "chen,陈,网格员,320404001,W999", "no worker W999"),
        (Sort.USERS, "chen,陈,领导,540102,", "no area 540102"),
        (Sort.USERS, "chen,陈,领导,钟楼区,", "no area code"),
        (Sort.USERS, "chen,,领导,320404,", "name is missing"),
        (Sort.USERS, "zhiban,又,领导,320404,", "twice"),
        (Sort.WORKERS, "G002,陈,U99,320404001,", "no unit U99"),
        (Sort.WORKERS, "G002,陈,U01,320404001,飞行", "飞行 is no kind"),
        (Sort.WORKERS, "G 2,陈,U01,320404001,", "1 to 32 letters"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(city, table, sort, row, why):
    trial = enrolling.attempt(city, sort, table((USERS if sort is Sort.USERS else WORKERS) + row))
    assert [number for number, _ in trial.bad] == [4 if sort is Sort.USERS else 3]
    assert why in trial.bad[0][1]
    with pytest.raises(Conflict):
        enrolling.take(city, trial, "cli")


def test_a_file_that_is_no_such_table_says_what_is_missing(city, table, tmp_path):
    with pytest.raises(Invalid) as refused:
        enrolling.attempt(city, Sort.USERS, table("账号,密码\na,b\n"))
    assert sorted(refused.value.fields) == ["area", "name", "role"]
    with pytest.raises(Invalid):
        enrolling.attempt(city, Sort.USERS, tmp_path / "nowhere.csv")
    with pytest.raises(Invalid, match="引号"):
        enrolling.attempt(city, Sort.USERS, table(USERS + '"' + "x" * 200_000))
    with pytest.raises(Invalid, match="引号"):
        enrolling.attempt(city, Sort.USERS, table('账号,"姓名' + "x" * 200_000))


def test_an_open_quote_swallows_no_row_of_a_small_table(city, table):
    with pytest.raises(Invalid, match="引号") as refused:
        enrolling.attempt(city, Sort.USERS, table(USERS + 'g002,"李网格,网格员,320404001,W002\n'))
    assert "row 4" in str(refused.value.fields)


def test_rows_are_counted_also_under_a_cell_of_several_lines(city, table):
    heading, *rest = USERS.split("\n")
    text = "\n".join((f'{heading},"备\n注"', *rest)) + "x,李网格,网格员,没有,W001\n"
    trial = enrolling.attempt(city, Sort.USERS, table(text))
    assert [number for number, _ in trial.bad] == [4]


def test_a_password_of_ours_is_never_too_easy(city):
    assert not people.too_easy(enrolling.password(cast.DUTY), cast.DUTY)
