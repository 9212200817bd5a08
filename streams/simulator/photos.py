"""Small drawn photos for grid reports: a street, and the thing that was found on it."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
QUALITY = 72
Colour = tuple[int, int, int]
WALLS: tuple[Colour, ...] = ((196, 188, 172), (168, 176, 184), (210, 200, 190), (150, 144, 138))


def draw(subject: str, stamp: str, rng: random.Random) -> bytes:
    """A JPEG of 10 to 40 KB; `stamp` is the ASCII line that a camera prints into the corner."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _mixed((150, 180, 205), rng))
    pen = ImageDraw.Draw(image)
    _street(pen, rng)
    SUBJECTS.get(subject, _rubbish)(pen, rng)
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    grain = Image.frombytes("L", (WIDTH, HEIGHT), rng.randbytes(WIDTH * HEIGHT)).convert("RGB")
    image = Image.blend(image, grain, 0.03)
    ImageDraw.Draw(image).text((12, HEIGHT - 24), stamp, fill=(255, 214, 90))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _street(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """Houses with windows, a pavement, the road and its marking."""
    left = -rng.randint(0, 60)
    while left < WIDTH:
        wide, top = rng.randint(90, 170), rng.randint(40, 150)
        pen.rectangle((left, top, left + wide, 290), fill=_mixed(rng.choice(WALLS), rng))
        for x in range(left + 14, left + wide - 20, 34):
            for y in range(top + 16, 250, 40):
                pen.rectangle((x, y, x + 18, y + 24), fill=_mixed((86, 104, 122), rng))
        left += wide + rng.randint(2, 14)
    pen.rectangle((0, 285, WIDTH, 345), fill=_mixed((172, 168, 160), rng))
    pen.rectangle((0, 345, WIDTH, HEIGHT), fill=_mixed((82, 84, 88), rng))
    for x in range(rng.randint(0, 60), WIDTH, 110):
        pen.rectangle((x, 418, x + 60, 425), fill=(222, 222, 214))


def _rubbish(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    middle = rng.randint(200, 440)
    for _ in range(rng.randint(14, 26)):
        x, y = rng.gauss(middle, 55), rng.gauss(335, 16)
        size = rng.uniform(12, 32)
        bag = rng.choice(((40, 44, 50), (186, 60, 52), (58, 92, 160), (214, 210, 196)))
        pen.ellipse((x, y - size, x + size * 1.3, y), fill=_mixed(bag, rng))


def _stall(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    x = rng.randint(140, 380)
    cloth = rng.choice(((188, 52, 44), (44, 110, 168), (46, 128, 82)))
    pen.polygon(((x - 20, 236), (x + 170, 236), (x + 150, 200), (x, 200)), fill=cloth)
    pen.rectangle((x, 292, x + 150, 340), fill=(132, 98, 66))
    for n in range(9):
        fruit = rng.choice(((228, 150, 40), (200, 60, 50), (120, 170, 60)))
        pen.ellipse((x + 6 + n * 16, 278, x + 20 + n * 16, 292), fill=fruit)


def _bikes(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for n in range(rng.randint(6, 10)):
        x, y = 80 + n * 52 + rng.randint(-8, 8), 330 + rng.randint(-6, 14)
        for wheel in (x, x + 30):
            pen.ellipse((wheel - 13, y - 13, wheel + 13, y + 13), outline=(30, 30, 34), width=3)
        frame = rng.choice(((58, 120, 196), (240, 180, 40), (70, 70, 76)))
        pen.line((x, y, x + 12, y - 24, x + 30, y), fill=frame, width=4)


def _hole(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    x, y = rng.randint(180, 400), rng.randint(375, 420)
    for step in range(6):
        shade = 70 - step * 10
        shape = (x - 80 + step * 12, y - 26 + step * 4, x + 80 - step * 12, y + 26 - step * 4)
        pen.ellipse(shape, fill=(shade, shade - 4, shade - 8))


def _water(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    pen.ellipse((60, 352, 590, 462), fill=(112, 126, 132))
    for _ in range(14):
        x, y = rng.randint(110, 500), rng.randint(372, 446)
        pen.arc((x, y, x + 50, y + 12), 0, 180, fill=(164, 178, 186), width=2)


def _poster(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for _ in range(rng.randint(5, 9)):
        x, y = rng.randint(40, 560), rng.randint(180, 262)
        paper = rng.choice(((236, 226, 90), (236, 236, 232), (232, 120, 110)))
        pen.rectangle((x, y, x + 30, y + 42), fill=paper)
        for line in range(4):
            pen.line((x + 4, y + 8 + line * 8, x + 26, y + 8 + line * 8), fill=(60, 60, 60))


def _mixed(colour: Colour, rng: random.Random) -> Colour:
    """The colour, a little lighter or darker."""
    shift = rng.randint(-14, 14)
    red, green, blue = (min(255, max(0, part + shift)) for part in colour)
    return red, green, blue


SUBJECTS: dict[str, Callable[[ImageDraw.ImageDraw, random.Random], None]] = {
    "rubbish": _rubbish,
    "stall": _stall,
    "bikes": _bikes,
    "hole": _hole,
    "water": _water,
    "poster": _poster,
}
