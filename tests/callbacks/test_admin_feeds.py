"""The table of sources."""

import pytest

from app.errors import NotAllowed
from callbacks import admin_feeds
from tests import cast
from tests.callbacks.border import EVIL, refused
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_a_source_stands_there_with_what_was_refused_of_it(city):
    refused(city)
    head, table = open_door(admin_feeds, city, cast.ADMIN)["show"](None)
    assert reading.words(table).split()[-3:] == ["不是", "JSON", "3"]
    links = {node["href"] for node in reading.nodes(table) if "href" in node}
    assert "/admin/letters?source=works&reason=not_json" in links
    assert EVIL in {node.get("title") for node in reading.nodes(table)}
    assert "死信 3 封" in reading.words(head)


@pytest.mark.parametrize("user", [cast.DUTY, cast.COMMANDER, cast.ZHANG])
def test_nobody_else_sees_the_sources(city, user):
    with pytest.raises(NotAllowed):
        open_door(admin_feeds, city, user)["show"](None)
