"""The tree of layers and its presets."""

import msgspec
import pytest

from app.domain.cases import ENDED, CaseStatus
from app.domain.kinds import KINDS
from app.domain.layers import (
    TREE,
    LayerBook,
    Preset,
    faults,
    groups,
    known_names,
    load_layers,
)
from app.domain.people import Role
from app.errors import BadConfiguration

LEAVES = [leaf for node in TREE for leaf in node.leaves()]
DAILY = Preset(name="日常", name_en="Daily", layers=("devices", "cases:handling"))


def test_every_kind_and_every_open_state_is_a_layer_once():
    assert len(LEAVES) == len(set(LEAVES))
    assert {f"devices:{kind.code}" for kind in KINDS} <= set(LEAVES)
    cases = {f"cases:{status.value}" for status in CaseStatus if status not in ENDED}
    assert {leaf for leaf in LEAVES if leaf.startswith("cases")} == cases


def test_sorts_have_their_parts():
    found = groups()
    assert set(found["resources"]) == {"team", "supply", "shelter", "hazard", "protected"}
    assert found["components"] == ("01", "02", "03", "04", "05")
    for sort in ("alerts", "workers", "tracks", "cameras", "zones", "units"):
        assert found[sort] == ()
    assert {"devices", "heat:alerts", "resources:team"} <= known_names()


def test_the_packaged_presets_are_those_of_a_command_centre():
    book = load_layers()
    assert [preset.name for preset in book.presets.values()] == ["日常", "防汛", "燃气", "大型活动"]
    assert "alerts" in set.intersection(*(set(one.layers) for one in book.presets.values()))
    assert {book.start_of(role) for role in Role} == {"daily"}


def test_a_role_may_start_with_another():
    flood = msgspec.structs.replace(DAILY, name="防汛")
    book = LayerBook({"daily": DAILY, "flood": flood}, "daily", {"leader": "flood"})
    assert faults(book) == []
    assert (book.start_of(Role.LEADER), book.start_of(Role.VIEWER)) == ("flood", "daily")


@pytest.mark.parametrize(
    ("book", "fault"),
    [
        (LayerBook({"daily": DAILY}, "x"), "start: no preset 'x'"),
        (LayerBook({"daily": DAILY}, "daily", {"boss": "daily"}), "there is no role 'boss'"),
        (LayerBook({"daily": DAILY}, "daily", {"leader": "y"}), "roles: leader: no preset 'y'"),
        (LayerBook({"heat": DAILY}, "heat"), "heat: is the name of layers"),
        (
            LayerBook({"daily": Preset("a", "b", ("devices:mouse",))}, "daily"),
            "daily: there is no layer 'devices:mouse'",
        ),
    ],
)
def test_what_does_not_fit_is_said(book, fault):
    assert any(fault in one for one in faults(book))


def test_a_city_s_own_file_is_checked_whole(tmp_path):
    path = tmp_path / "layers.yaml"
    path.write_text("presets: {a: {name: 甲, name_en: A, layers: [x, y]}}\nstart: b\n", "utf-8")
    with pytest.raises(BadConfiguration) as told:
        load_layers(path)
    assert len(told.value.faults) == 3
    for text in ("presets: 3", "start: [", "other: 1"):
        path.write_text(text, "utf-8")
        with pytest.raises(BadConfiguration):
            load_layers(path)
    with pytest.raises(BadConfiguration):
        load_layers(tmp_path / "none.yaml")
