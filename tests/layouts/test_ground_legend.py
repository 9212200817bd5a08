"""What the colour of the areas means."""

import json

from layouts import ground_legend
from tests.layouts import samples


def legend(found):
    return json.loads(ground_legend.legend(found))


def rates(values, steps, counts):
    lower = [None, 80, 90, 95, 98]
    return samples.choropleth(
        figure="online", values=values, steps=steps, counts=counts, lower=lower
    )


def test_the_areas_are_told_their_text_and_their_strength():
    told = ground_legend.hideout(samples.choropleth())
    assert told["texts"] == {"a": "3", "b": "12", "c": ""}
    assert told["fills"]["c"] < told["fills"]["a"] < told["fills"]["b"] <= 1
    assert told["figure"] == "open"


def test_an_area_without_a_value_is_hatched_and_says_so():
    found = rates({"a": 99.2, "b": None}, {"a": 4, "b": None}, [0, 0, 0, 0, 1])
    told = ground_legend.hideout(found)
    assert told["fills"]["b"] is None
    assert told["texts"] == {"a": "99.2%", "b": "—"}
    said = legend(found)
    assert (said["title"], said["range"]) == ("底色 · 设备在线率", "99.2 %")
    assert [row[1] for row in said["steps"]] == [
        "< 80",
        "80–90",
        "90–95",
        "95–98",
        "≥ 98",
        "无数据",
    ]
    assert [row[2] for row in said["steps"]][-2:] == ["1 个", "1 个"]
    assert said["steps"][-1][0] is None


def test_counts_say_what_is_there_and_the_number_of_areas():
    said = legend(samples.choropleth())
    assert (said["figure"], said["title"], said["range"]) == ("open", "底色 · 在办案件数", "0–12")
    assert [row[1:] for row in said["steps"]] == [["0", "1 个"], ["3", "1 个"], ["12", "1 个"]]
    assert said["rest"] == ""
    assert legend(samples.choropleth(rest=4))["rest"] == "未落到下级 4"


def test_nothing_anywhere_is_faint_and_without_areas_there_are_no_steps():
    none = samples.choropleth(values={"a": 0}, lower=[0], steps={"a": 0}, counts=[1])
    assert ground_legend.hideout(none)["fills"] == {"a": ground_legend.FAINTEST}
    assert legend(none)["steps"] == [[ground_legend.FAINTEST, "0", "1 个"]]
    empty = samples.choropleth(values={}, lower=[], steps={}, counts=[])
    assert (legend(empty)["steps"], legend(empty)["range"]) == ([], "—")
