"""The pictures of the README, from a living city: python -m tests.journeys.screenshots FOLDER.

Nothing in them is staged: the demo's gas leak is waited for, its red alert is confirmed and
dispatched as a duty officer does it, and the phone is the one of the worker who was sent.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.screens import PHONE, WALL, Phone, Wall, open_phone, open_wall
from tests.living import LivingCity, browser, desk_of, living_city, sign_in
from tests.waiting import until

COCKPIT = {"width": 1440, "height": 900}
LARGEST = 600_000  # bytes of one picture
MANY = 100  # devices around the leak: a browser holds only what its view shows
# its story passes four times as fast, so that the leak is red after a minute
DEMO = ("--devices=2000", "--scenario=demo", "--speed=4")


def few_colours(picture: Image.Image) -> Image.Image:
    """The picture with 256 colours: most for the gradients, some for the few pixels of a mark."""
    most = picture.quantize(216, Image.Quantize.MEDIANCUT).getpalette() or []
    rare = picture.quantize(40, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*most[: 216 * 3], *rare[: 40 * 3]])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def shoot(page: Page, path: Path) -> None:
    """Take a picture of what is seen; one that is too large gets few colours."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > LARGEST:
        few_colours(picture).save(path, optimize=True)


def the_leak(there: LivingCity, wall: Wall) -> dict[str, Any]:
    """Wait until the leak is red, has its case and is on the wall."""

    def red() -> Any:
        alerts = [a for a in wall.state["alerts"] if a["level"] == 4 and a["kind"] == "gas"]
        return next((a for a in alerts if a["case_id"]), None)

    until(lambda: there.healthy() and red(), timeout=300, every=0.5)
    found: dict[str, Any] = red()
    return found


def dispatched(there: LivingCity, chromium: Browser, wall: Wall, alert: dict[str, Any]) -> Phone:
    """Confirm the alert and send the best worker; the worker takes it on his phone."""
    wall.select(alert["id"])
    wall.page.locator("#alert-card [data-action=acknowledge]").click()
    expect(wall.row(alert["id"]).locator(".s-new")).to_have_count(0)
    context = chromium.new_context(
        viewport=PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation={"longitude": alert["lon"] + 0.002, "latitude": alert["lat"] - 0.001},
        permissions=["geolocation"],
    )
    phone = open_phone(context, there.url, wall.offered[0])
    wall.send("先疏散 50 米内人员,勿开关电器")
    until(lambda: phone.rang > 0, timeout=15)
    phone.tap("accept")
    expect(wall.case_badge).to_have_text("处置中")
    expect(wall.page.locator("#alert-card-curve .main-svg").first).to_be_visible()
    return phone


def sees_everything(wall: Wall) -> bool:
    """Whether nothing is lost and every layer has come."""
    loading = wall.page.locator("[data-dash-is-loading=true]").count()
    return not wall.blind() and wall.points > MANY and not loading


def take(folder: Path) -> None:
    """Take wall.png, cockpit.png and phone.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="chengyun-") as var,
        living_city(Path(var), *DEMO) as there,
        browser() as chromium,
    ):
        wall = open_wall(
            chromium.new_context(viewport=WALL, locale="zh-CN", timezone_id="Asia/Shanghai"),
            there.url,
        )
        phone = dispatched(there, chromium, wall, the_leak(there, wall))
        until(lambda: sees_everything(wall), timeout=60)
        shoot(wall.page, folder / "wall.png")
        shoot(phone.page, folder / "phone.png")
        cockpit = chromium.new_context(viewport=COCKPIT, locale="zh-CN").new_page()
        sign_in(cockpit, there.url, "leader", "/cockpit/")
        expect(cockpit.locator("#streets tbody tr, #streets [data-id]").first).to_be_visible()
        shoot(cockpit, folder / "cockpit.png")
        assert desk_of(there.url, "commander").snapshot()["cases"]


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
