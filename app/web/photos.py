"""Photos of the phone: upload and show."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.city import City
from app.errors import Invalid
from app.services import photos
from app.web.auth import whoami
from app.web.bodies import once


def blueprint(city: City) -> Blueprint:
    """Return the two addresses."""
    shelf = Blueprint("photos", __name__, url_prefix="/api/v1")

    @shelf.post("/photos")
    def upload() -> Any:
        user = whoami()
        return once(city, user, lambda: {"id": _store(city, user)})

    @shelf.get("/photos/<photo>")
    def show(photo: str) -> Any:
        answer = Response(photos.read(city, photo, by=whoami()), mimetype="image/jpeg")
        # the id is the content's hash: it never changes, but only this user may keep it
        answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
        return answer

    return shelf


def _store(city: City, user: Any) -> str:
    given = request.files.get("photo")
    if given is None:
        raise Invalid("请选择一张照片。", fields={"photo": "必填,表单字段名为 photo"})
    return photos.store(city, given.read(), given.mimetype, by=user)
