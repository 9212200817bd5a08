"""Photos: taken in as small clean JPEGs, kept by content, shown to those whose case it is."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import mkstemp

from app.city import City
from app.domain.people import MISSING, Role, User, Verb, may, require
from app.errors import Invalid, NotFound, Unseen
from app.services.aside import aside
from app.store import history_files
from app.store.rows import Photo
from app.store.tx import Tx

LIMIT_BYTES = 8 * 1024 * 1024
LIMIT_PIXELS = 50_000_000  # default: a phone's 48 MP; more is a decompression bomb
EDGE = 1600  # longest edge kept: a number plate across the street stays readable
FORMATS = ("JPEG", "PNG", "WEBP")
MENDING = {"photo": "请选择 8 MB 以内的 JPEG、PNG 或 WebP 照片"}
# what Pillow's decoders raise on bytes that somebody has tampered with
TORN = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, struct.error, zlib.error),
)


def store(city: City, content: bytes, type: str = "", *, by: User) -> str:
    """Keep a photo and return its id (SHA-256 of what is kept).

    What the bytes are decides, not the `type` that came with them. The picture is turned upright
    and encoded anew as JPEG, so that place, camera and whatever else hid in it are gone. Raises
    Invalid when it is no JPEG, PNG or WebP, or too large.
    """
    require(by, Verb.UPLOAD)
    return keep(city, content, by=by.id, area=by.scope)


def keep(city: City, content: bytes, *, by: str, area: str) -> str:
    """The same for a photo that a system brings (by "ingest"); `area` is where it belongs."""
    clean = aside(lambda: _clean(content))
    photo_id = sha256(clean).hexdigest()
    _write(_path(city, photo_id), clean)
    with city.ledger.begin() as tx:
        tx.put(Photo(id=photo_id, by=by, case_id="", area=area, size=len(clean), at=city.now()))
    return photo_id


def read(city: City, photo_id: str, *, by: User) -> bytes:
    """Return a photo as JPEG for who took it or may see a case that shows it.

    Raises NotFound when unknown, NotAllowed otherwise.
    """
    with city.ledger.read() as tx:
        rows = tx.photos(photo_id)
        if not rows:
            raise NotFound(MISSING["Photo"])
        if not any(_may_see(tx, by, row) for row in rows):
            raise Unseen(MISSING["Photo"])
    try:
        return _path(city, photo_id).read_bytes()
    except FileNotFoundError as why:
        raise NotFound("照片文件已不存在") from why


def attach(
    tx: Tx, photos: Sequence[str], *, case_id: str, area: str, by: User | str, at: datetime
) -> None:
    """Say in the caller's transaction that a case shows these photos; Invalid when one is unknown.

    A person can only attach what he has uploaded himself.
    """
    who = by.id if isinstance(by, User) else by
    for photo_id in dict.fromkeys(photos):
        rows = tx.photos(photo_id)
        if not any(row.by == who or row.case_id == case_id for row in rows):
            raise Invalid("照片尚未上传，请先上传照片。", fields={"photos": "请重新拍照"})
        size = rows[0].size
        tx.put(Photo(id=photo_id, by=who, case_id=case_id, area=area, size=size, at=at))


def _may_see(tx: Tx, by: User, photo: Photo) -> bool:
    if photo.by == by.id:
        return True
    if by.role is not Role.GRID_WORKER:
        return bool(photo.case_id) and may(by, Verb.VIEW, photo.area)
    return any(task.worker == by.worker for task in tx.tasks(case_id=photo.case_id))


def _clean(content: bytes) -> bytes:
    from PIL import Image, ImageOps  # slow to import, and most roles never see a photo

    if len(content) > LIMIT_BYTES:
        raise Invalid("照片太大。", fields=MENDING)
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > LIMIT_PIXELS:
                raise Invalid("照片太大。", fields=MENDING)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as why:
        raise Invalid("照片太大。", fields=MENDING) from why
    except TORN as why:
        raise Invalid("无法识别这张照片。", fields=MENDING) from why
    upright.thumbnail((EDGE, EDGE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)  # the pixels alone: metadata stays behind
    out = BytesIO()
    bare.save(out, "JPEG", quality=85)
    return out.getvalue()


def _path(city: City, photo_id: str) -> Path:
    folder = city.settings.photos or city.settings.var / "photos"
    return folder / photo_id[:2] / f"{photo_id}.jpg"


def _write(path: Path, content: bytes) -> None:
    """Write so that the name never stands for half a photo; on disk on return."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    history_files.put(Path(draft), path)
