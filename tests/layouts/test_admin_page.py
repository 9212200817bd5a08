"""The frame of the administration."""

import pytest

from layouts import admin_page, ids
from tests.layouts import reading, samples


def page():
    return admin_page.page(samples.page("sys_admin"))


def test_it_has_the_live_frame_without_a_city():
    (config,) = (node for node in reading.nodes(page()) if node.get("id") == ids.LIVE_CONFIG)
    assert '"city": false' in config["data-config"]
    assert '"map": false' in config["data-config"]
    assert "系统管理" in reading.words(page())


@pytest.mark.parametrize(
    ("path", "tab"),
    [("/admin/letters", "letters"), ("/admin/", "feeds"), ("/admin/x", "feeds"), (None, "feeds")],
)
def test_the_address_says_the_tab(path, tab):
    assert admin_page.tab_of(path) == tab
    (on,) = (n for n in reading.nodes(admin_page.tabs(path)) if n.get("className") == "on")
    assert on["href"] == f"/admin/{tab}"


def test_there_is_a_way_to_the_import_of_files():
    links = {node.get("href") for node in reading.nodes(admin_page.tabs("/admin/feeds"))}
    assert admin_page.DROP in links
