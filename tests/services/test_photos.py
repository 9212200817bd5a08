"""Photos: clean, small, and only for those whose case shows them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.errors import Invalid, NotAllowed, NotFound
from app.services import photos, reports, tasks
from tests import cast


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), **extra) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (10, 200, 10)).save(out, form, **extra)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_jpeg_by_its_content(city, form):
    photo_id = photos.store(city, picture(form), "whatever/it-says", by=cast.ZHANG)
    kept = photos.read(city, photo_id, by=cast.ZHANG)
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))
    assert photos.store(city, picture(form), "", by=cast.ZHANG) == photo_id


def test_where_and_with_what_it_was_taken_is_removed(city):
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif[0x0112] = 6  # lies on its side
    photo_id = photos.store(city, picture(exif=exif.tobytes()), "", by=cast.ZHANG)
    kept = photos.read(city, photo_id, by=cast.ZHANG)
    assert b"SecretMaker" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (30, 40)


def test_a_large_photo_is_made_smaller(city):
    photo_id = photos.store(city, picture(size=(3200, 2400)), "", by=cast.ZHANG)
    with Image.open(BytesIO(photos.read(city, photo_id, by=cast.ZHANG))) as image:
        assert image.size == (1600, 1200)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no photo",
        b"<svg onload=alert(1)>",
        b"\x89PNG\r\n\x1a\n",
        picture("GIF"),
        picture()[:99],
    ],
    ids=["empty", "text", "svg", "torn png", "gif", "torn jpeg"],
)
def test_what_is_no_photo_is_refused(city, content):
    with pytest.raises(Invalid) as refused:
        photos.store(city, content, "image/jpeg", by=cast.ZHANG)
    assert "photo" in refused.value.fields


def test_too_many_bytes_or_pixels_are_refused(city, monkeypatch):
    with pytest.raises(Invalid):
        photos.store(city, bytes(photos.LIMIT_BYTES + 1), "", by=cast.ZHANG)
    monkeypatch.setattr(photos, "LIMIT_PIXELS", 100)
    with pytest.raises(Invalid):
        photos.store(city, picture(), "", by=cast.ZHANG)


def test_who_may_not_upload(city):
    for who in (cast.WALL, cast.ADMIN):
        with pytest.raises(NotAllowed):
            photos.store(city, picture(), "", by=who)


def test_before_a_case_shows_it_only_who_took_it_sees_it(city, photo):
    for who in (cast.LI, cast.COMMANDER, cast.STRANGER):
        with pytest.raises(NotAllowed):
            photos.read(city, photo, by=who)


def test_a_case_opens_it_to_its_people(city, photo, a_report, clock):
    case = reports.file(city, a_report(photos=(photo,)), by=cast.ZHANG)
    for who in (cast.DISPATCHER, cast.COMMANDER, cast.WALL):
        assert photos.read(city, photo, by=who)
    for who in (cast.STRANGER, cast.LI, cast.FAR):
        with pytest.raises(NotAllowed):
            photos.read(city, photo, by=who)
    from app.services import cases

    cases.register(city, case.id, by=cast.DISPATCHER)
    tasks.dispatch(city, case.id, workers=["W002"], by=cast.DISPATCHER)
    assert photos.read(city, photo, by=cast.LI)


@pytest.mark.parametrize("photo_id", ["nothing", "../../etc/passwd", ""])
def test_an_unknown_photo_is_not_found(city, photo_id):
    with pytest.raises(NotFound):
        photos.read(city, photo_id, by=cast.COMMANDER)
