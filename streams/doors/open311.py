"""Open311 GeoReport v2 under /open311/: existing 311 clients report and ask, see
docs/protocols/open311.md."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from app.city import City
from app.domain.tokens import OPEN311, Token
from app.errors import Conflict, Invalid, NotFound, Refused, Rejected, SignInNeeded, Unavailable
from app.services import ingest, public_requests, reports, throttle, tokens
from streams import wire
from streams.georeport import asked, offered, shapes, told

log = logging.getLogger(__name__)
_decoder: msgspec.json.Decoder[Mapping[str, object]] = msgspec.json.Decoder(dict[str, Any])

SAID = {404: "没有这个地址。", 405: "此地址不支持这种请求方式。", 413: "请求内容过大。"}
LARGEST = 64 * 1024  # of one form: texts only, pictures come by media_url
AWAY = "系统暂时不可用，请稍后再试。"
NO_SUCH = "没有这个 jurisdiction_id。"


def door(city: City) -> Blueprint:
    """The addresses of GeoReport v2; reading needs no key, as the specification has it."""
    pages = Blueprint("open311", __name__, url_prefix="/open311")
    for form in ("", ".xml", ".json"):
        _lists(pages, city, form)

    @pages.get("/v2/services/<name>")
    def definition(name: str) -> Response:
        _jurisdiction(city, request.args.get("jurisdiction_id", ""))
        return _answer("service_definition", offered.definition(_bare(name)))

    @pages.get("/v2/requests/<name>")
    def one(name: str) -> Response:
        _jurisdiction(city, request.args.get("jurisdiction_id", ""))
        found = public_requests.one(city, _bare(name), _ip())
        return _answer("service_requests", [told.request(found)])

    @pages.get("/v2/tokens/<name>")
    def token(name: str) -> Response:
        found = public_requests.one(city, _bare(name), _ip())
        said = {"service_request_id": found.id, "token": _bare(name)}
        return _answer("service_requests", [said])

    @pages.route("/<path:_rest>", methods=["GET", "POST"])
    def nothing(_rest: str) -> Response:
        raise NotFound(SAID[404])

    _refusals(pages)
    return pages


def _lists(pages: Blueprint, city: City, form: str) -> None:
    """The addresses whose last part is a plain word, in one of their forms."""

    @pages.get(f"/discovery{form}", endpoint=f"discovery{form[1:]}")
    @pages.get(f"/v2/discovery{form}", endpoint=f"discovery2{form[1:]}")
    def discovery() -> Response:
        owner = city.areas.name(city.settings.city)
        # TLS ends at a proxy of ours, so the settings know it and the request does not
        scheme = "https" if city.settings.https else request.scheme
        return _answer("discovery", told.discovery(f"{scheme}://{request.host}/open311/", owner))

    @pages.get(f"/v2/services{form}", endpoint=f"services{form[1:]}")
    def services() -> Response:
        _jurisdiction(city, request.args.get("jurisdiction_id", ""))
        return _answer("services", offered.services())

    @pages.get(f"/v2/requests{form}", endpoint=f"requests{form[1:]}")
    def requests() -> Response:
        _jurisdiction(city, request.args.get("jurisdiction_id", ""))
        wanted = asked.query(request.args, city.now())
        found = public_requests.ask(city, wanted, _ip())
        return _answer("service_requests", [told.request(each) for each in found])

    @pages.post(f"/v2/requests{form}", endpoint=f"report{form[1:]}")
    def report() -> Response:
        request.max_content_length = LARGEST
        said = _posted()
        with ingest.answering(city):
            caller = _caller(city, said)
            case_id = _file(city, caller, said)
        return _answer("service_requests", [told.accepted(case_id)])


def _posted() -> asked.Form:
    """What a client has sent: a form, or a JSON object of the same names, as some do."""
    if request.is_json:
        return asked.flattened(wire.decode(_decoder, request.get_data()))
    pictures = "\n".join(request.form.getlist("media_url"))
    return request.form.to_dict() | ({"media_url": pictures} if pictures else {})


def _caller(city: City, said: asked.Form) -> Token:
    """Who has the api_key; an address that keeps failing has to wait."""
    throttle.ask(city, "token", _ip())
    key = said.get("api_key") or request.args.get("api_key", "")
    _jurisdiction(city, said.get("jurisdiction_id", ""))
    if not key:
        raise SignInNeeded("缺少 api_key，请向城运中心申请。")
    try:
        return tokens.check(city, key, OPEN311)
    except SignInNeeded:
        throttle.failed(city, "token", _ip())
        raise


def _file(city: City, caller: Token, form: asked.Form) -> str:
    """Open the case at once, or find the one that this report has opened before."""
    now = city.now()
    counts = Counter({f"received:{caller.source}": 1})
    try:
        said = asked.report(form, caller.source, now)
        try:
            case = reports.accept(city, said.report, by=caller.source, citizen=said.citizen)
        except Conflict:  # the same report came twice at this moment: its case is there now
            case = reports.accept(city, said.report, by=caller.source, citizen=said.citizen)
        counts.update((f"said:{caller.source}", f"reports:{caller.source}"))
        return case.id
    except (Rejected, NotFound, Invalid) as why:
        reason = why.reason if isinstance(why, Rejected) else why.code
        counts.update((f"said:{caller.source}", f"refused:{caller.source}:{reason}"))
        raise
    finally:
        ingest.count(city, counts, int(now.timestamp() * 1000))


def _jurisdiction(city: City, said: str) -> None:
    """One endpoint serves one city: its code, or nothing; NotFound."""
    if said.strip() not in ("", city.settings.city):
        raise NotFound(NO_SUCH)


def _bare(name: str) -> str:
    """The last part of an address without its form."""
    bare, dot, form = name.rpartition(".")
    return bare if dot and form in shapes.TYPES else name


def _form() -> str:
    return shapes.JSON if request.path.endswith(".json") else shapes.XML


def _ip() -> str:
    return request.remote_addr or ""


def _answer(root: str, said: Any, status: int = 200) -> Response:
    form = _form()
    made = Response(shapes.body(root, said, form), status, content_type=shapes.TYPES[form])
    made.headers["Cache-Control"] = "no-store"
    if request.method == "GET":
        # pages of others may read what is public; there is no session at these addresses
        made.headers["Access-Control-Allow-Origin"] = "*"
    return made


def _refusals(pages: Blueprint) -> None:
    """Every refusal as the specification's list of errors, with the status as its code."""

    @pages.errorhandler(Rejected)
    def rejected(why: Rejected) -> Response:
        return _answer("errors", shapes.errors(400, why.detail), 400)

    @pages.errorhandler(Refused)
    def refused(why: Refused) -> Response:
        status = {401: 403, 422: 400}.get(why.status, why.status)
        said = why.message
        if isinstance(why, Unavailable):  # which store, and where, is nothing for a stranger
            log.warning("%s: a store is away: %s", request.path, said)
            said = AWAY
        made = _answer("errors", shapes.errors(status, said), status)
        if why.retry_after_s:
            made.headers["Retry-After"] = str(why.retry_after_s)
        return made

    @pages.errorhandler(HTTPException)
    def http(why: HTTPException) -> Response:
        status = why.code or 500
        return _answer("errors", shapes.errors(status, SAID.get(status, "请求无法处理。")), status)
