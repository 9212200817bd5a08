"""Names as they are spoken."""

import pytest

from app.services import places_pinyin


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("重庆路", ["cql", "zql", "chongqinglu", "zhongqinglu"]),
        ("长江中路", ["cjzl", "changjiang", "zhangjiang"]),
        ("行宫街", ["xgj", "hgj", "xinggong"]),
        ("音乐广场", ["yygc", "ylgc", "yinyue"]),
        ("中压调压站", ["zytyz", "tiaoya", "zydyz"]),
        ("都市花园", ["dushi", "doushi"]),
        ("清潭三村", ["qtsc", "qingtansancun"]),
    ],
)
def test_a_name_is_found_in_each_way_to_read_it(name, letters):
    assert [one for one in letters if not places_pinyin.sounds(one, name)] == []


def test_the_usual_way_comes_first_and_the_ways_are_not_too_many():
    assert places_pinyin.spellings("清潭三村") == (("qtsc", "qingtansancun"),)
    assert places_pinyin.spellings("长行重乐调都会")[0][1] == "changhangzhongletiaoduhui"
    assert len(places_pinyin.spellings("长行重乐调都会")) == places_pinyin.MOST
    assert places_pinyin.begins("cql", "重庆路")
    assert not places_pinyin.begins("cq", "重庆路")


def test_every_other_way_is_another_way():
    for char, others in places_pinyin.ALSO.items():
        usual = places_pinyin.spellings(char)[0][1]
        assert usual not in others, char
