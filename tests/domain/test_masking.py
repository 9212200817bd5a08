"""Masking: every row of the security page, and what must stay untouched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import masking

VALID = "11010519491231002X"  # the example of GB 11643
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check(digits: str) -> str:
    total = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("13800001234", "138****1234"),
        (" 19912345678 ", "199****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 13812345678", "138****5678"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_mobile(number, masked):
    assert masking.mobile(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("0519-86881234", "0519-******34"),
        ("051986881234", "0519-******34"),
        ("010-12345678", "010-******78"),
        ("0519-8688123", "0519-*****23"),
        ("0519", "****"),
    ],
)
def test_landline(number, masked):
    assert masking.landline(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("13812345678", "138****5678"), ("0519-86881234", "0519-******34"), ("abc", "***")],
)
def test_phone(number, masked):
    assert masking.phone(number) == masked


def test_id_number():
    assert masking.id_number("320404199001011234") == "320404********1234"
    assert masking.id_number("320404199001011234", strict=True) == "3" + "*" * 16 + "4"
    assert masking.id_number("3204") == "****"


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("张三", "张*"),
        ("张小明", "张**"),
        ("欧阳明", "欧阳*"),
        ("司马相如", "司马**"),
        ("欧阳", "欧*"),  # the surname 欧 with one given name
        ("张", "*"),
        ("", ""),
        (" 李四 ", "李*"),
    ],
)
def test_name(full, masked):
    assert masking.name(full) == masked


@pytest.mark.parametrize(
    ("place", "masked"),
    [
        ("钟楼区XX路12号3幢502", "钟楼区XX路***"),
        ("钟楼区怀德中路12号", "钟楼区怀德中路***"),
        ("钟楼区怀德中路", "钟楼区怀德中路"),
        ("五星街道五星社区三号楼", "五星街道五星社区***"),
        ("清潭新村12幢", "清潭新村***"),
        ("怀德路A座502", "怀德路***"),
        ("怀德路12号", "怀德路***"),
        ("312国道与龙江路交叉口", "312国道与龙江路交叉口"),
        ("312国道旁5号", "312国道***"),
        ("3幢502", "***"),
        ("", ""),
    ],
)
def test_address(place, masked):
    assert masking.address(place) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("苏D·A1235", "苏D·A1**5"),
        ("苏DA1235", "苏D·A1**5"),
        ("苏D·AB1235", "苏D·AB***5"),
        ("苏D", "**"),
    ],
)
def test_plate(number, masked):
    assert masking.plate(number) == masked


def test_account():
    assert masking.account("6222021234567890123") == "*" * 15 + "0123"
    assert masking.account("6222 0212") == "****0212"
    assert masking.account("0123") == "****"


@pytest.mark.parametrize(
    ("free", "masked"),
    [
        ("电话13812345678,急", "电话138****5678,急"),
        ("电话:138 1234 5678。", "电话:138****5678。"),
        ("+86-13812345678", "+86-138****5678"),
        ("全角13812345678", "全角138****5678"),
        ("座机0519-86881234", "座机0519-******34"),
        (f"身份证{VALID}。", "身份证110105********002X。"),
        (f"身份证{VALID.lower()}", "身份证110105********002x"),
        (f"{VALID}和13812345678", "110105********002X和138****5678"),
        # no personal numbers
        ("井盖3205820102048188坏了", "井盖3205820102048188坏了"),
        ("部件32040401002000123倾斜", "部件32040401002000123倾斜"),
        ("网格320404001001001", "网格320404001001001"),
        ("编号110105194912310021", "编号110105194912310021"),  # wrong check character
        ("订单 213812345678 号", "订单 213812345678 号"),
        ("水位 4.30 米,12345 热线", "水位 4.30 米,12345 热线"),
        ("", ""),
    ],
)
def test_free_text(free, masked):
    assert masking.text(free) == masked


def test_known_names_leave_a_text():
    assert masking.text("我是张小明,邻居李四", "张小明", None, "") == "我是张**,邻居李四"


@pytest.mark.parametrize(
    ("who", "number", "masked"),
    [
        ("张小明", "13812345678", "张** 138****5678"),
        ("张小明", None, "张**"),
        (None, "0519-86881234", "0519-******34"),
        (None, None, None),
        ("", "", None),
    ],
)
def test_caller(who, number, masked):
    assert masking.caller(who, number) == masked


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        (VALID, True),
        (VALID.lower(), True),
        ("110105194912310021", False),
        ("1101051949123100", False),
        ("11010519491231002XX", False),
        ("abcdefghijklmnopqr", False),
    ],
)
def test_the_check_character(number, valid):
    assert masking.id_number_is_valid(number) is valid


@given(st.integers(10**16, 10**17 - 1).map(str))
def test_every_id_with_a_right_check_character_is_found_and_masked(digits):
    number = with_check(digits)
    assert masking.id_number_is_valid(number)
    assert number not in masking.text(f"证件{number}收")


@given(st.integers(13 * 10**9, 2 * 10**10 - 1).map(str), st.text(max_size=20))
def test_no_mobile_number_survives(number, words):
    assert number not in masking.text(f"{words} 电话{number}。{words}")


@given(st.integers(15, 17), st.data())
def test_codes_of_15_to_17_digits_survive(length, data):
    code = str(data.draw(st.integers(10 ** (length - 1), 10**length - 1)))
    assert masking.text(f"编码{code}。") == f"编码{code}。"


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(words):
    once = masking.text(words)
    assert masking.text(once) == once


@given(st.text(min_size=1, max_size=6).map(str.strip))
def test_a_name_keeps_its_length(full):
    masked = masking.name(full)
    assert len(masked) == len(full)
    assert not full or masked.endswith("*")


def test_no_digit_of_a_house_is_left():
    assert not re.search(r"\d", masking.address("钟楼区怀德中路12号3幢502"))
