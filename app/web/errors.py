"""One error shape for the whole API, and pages for people: never a stack trace."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from dash.exceptions import DependencyException
from flask import Flask, Response, current_app, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import TimeoutError as RedisSlow
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from app.errors import NotAllowed, NotFound, Refused, SignInNeeded, Unavailable

log = logging.getLogger(__name__)

# where other systems come in (streams.doors): by token, never by the session of a person
DOORS = ("/in/", "/open311/")
SAID = {
    400: ("bad_request", "请求格式不正确。"),
    403: ("forbidden", "没有权限进行此操作。"),
    404: ("not_found", "没有这个地址或对象。"),
    405: ("method_not_allowed", "此地址不支持这种请求方式。"),
    408: ("too_slow", "请求内容未在限定时间内送达，请重新发送。"),
    413: ("too_large", "上传的内容过大。"),
    415: ("unsupported", "不支持这种内容类型或编码，请在 Content-Type 中写明 JSON 或 XML。"),
    429: ("too_many", "操作过于频繁,请稍后再试。"),
}


def wants_json() -> bool:
    """Whether the present request comes from a program and not from a person's address bar."""
    path = request.path
    return path.startswith(("/api/", "/socket.io", *DOORS)) or "/_dash-" in path


def shape(code: str, message: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the one error body."""
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def answer(why: Refused) -> AnyResponse:
    """Return the answer for a refusal: JSON for programs, a page or the sign-in for people."""
    if wants_json():
        body = shape(why.code, why.message, why.fields)
        later = {"Retry-After": str(why.retry_after_s)} if why.retry_after_s else None
        said = current_app.json.dumps(body)
        return Response(said, why.status, headers=later, mimetype="application/json")
    if isinstance(why, SignInNeeded):
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(f"/login?next={quote(back)}")
    page = render_template("refused.html", code=why.code, message=why.message, status=why.status)
    return Response(page, why.status, mimetype="text/html")


def register(server: Flask) -> None:
    """Answer every exception in the one shape; the unexpected one is logged and told as 500."""
    server.register_error_handler(Refused, answer)
    server.register_error_handler(CSRFError, _forged)
    server.register_error_handler(HTTPException, _http)
    server.register_error_handler(DependencyException, _no_script)
    server.register_error_handler(RedisGone, _redis_gone)
    server.register_error_handler(RedisSlow, _redis_gone)
    server.register_error_handler(OperationalError, _ledger_busy)
    server.register_error_handler(Exception, _unexpected)


def _forged(why: Exception) -> AnyResponse:
    log.info("refused without a valid CSRF token: %s", why)
    return answer(NotAllowed("页面已过期或请求来源不明,请刷新页面后重试。"))


def _http(why: Exception) -> AnyResponse:
    assert isinstance(why, HTTPException)
    status = why.code or 500
    if status < 400 and why.response is not None:  # werkzeug's redirect to the slash
        return why.response if isinstance(why.response, AnyResponse) else why.get_response()
    if status < 400:
        return why.get_response()
    refused = Refused(SAID.get(status, ("refused", "请求无法处理。"))[1])
    refused.code, refused.status = SAID.get(status, ("refused", ""))[0], status
    return answer(refused)


def _no_script(_: Exception) -> AnyResponse:
    """Dash calls it an exception of its own when somebody asks for a script that it has not."""
    return answer(NotFound("没有这个文件。"))


def _redis_gone(why: Exception) -> AnyResponse:
    log.warning("%s %s: live store does not answer: %s", request.method, request.path, why)
    return answer(Unavailable("实时库暂时不可用,请稍后再试。"))


def _ledger_busy(why: Exception) -> AnyResponse:
    log.warning("%s %s: the ledger does not answer: %s", request.method, request.path, why)
    return answer(Unavailable("数据库暂时不可用,请稍后再试。"))


def _unexpected(why: Exception) -> AnyResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=why)
    refused = Refused("系统内部错误,已记录;请稍后再试。")
    refused.code, refused.status = "internal", 500
    return answer(refused)
