"""Who gets a screen, and who a plain page that says where to go."""

from __future__ import annotations

import pytest

from tests import cast


@pytest.mark.parametrize("page", ["wall", "cockpit"])
@pytest.mark.parametrize(
    ("user", "todo"), [(cast.ADMIN, "请用值班或领导账号登录"), (cast.ZHANG, "/m/")]
)
def test_an_account_that_the_screens_are_not_for_is_told_so(as_user, page, user, todo) -> None:
    layout = as_user(user).get(f"/{page}/_dash-layout")
    assert layout.status_code == 200
    said = str(layout.json)
    assert "您的账号不能查看大屏" in said
    assert todo in said
    assert "/logout" in said
    assert "live-config" not in said


@pytest.mark.parametrize("page", ["wall", "cockpit"])
@pytest.mark.parametrize("user", [cast.DUTY, cast.LEADER, cast.WALL])
def test_who_may_look_gets_the_screen_with_its_live_layer(as_user, page, user) -> None:
    said = str(as_user(user).get(f"/{page}/_dash-layout").json)
    assert "live-config" in said
    assert "您的账号不能查看大屏" not in said
