"""Which tab stands there, and who may come in at all."""

from dash import no_update

from callbacks import admin_page
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_the_address_names_the_tab_and_a_new_query_leaves_it_standing(city):
    show = open_door(admin_page, city, cast.ADMIN)["show"]
    tabs, body, tab = show("/admin/letters", None)
    assert ids.LETTERS in reading.ids(body)
    assert tab == "letters"
    assert [node["href"] for node in reading.nodes(tabs) if node.get("className") == "on"] == [
        "/admin/letters"
    ]
    assert show("/admin/letters", "letters")[1] is no_update
    assert show("/admin/", "letters")[2] == "feeds"
