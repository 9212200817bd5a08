"""/admin/drop: bring a CSV or Excel file, see what is wrong row by row, then take it in.

The one door for people: by the session of who administers, or of the duty chief (值班长).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from typing import Any

from flask import Blueprint, Response, render_template, request

from app.city import City
from app.domain import masking
from app.domain.cells import harmless
from app.domain.reports import HotlineOrder
from app.errors import Conflict, Invalid, Rejected
from app.services import drops
from app.services.aside import aside
from app.web.auth import whoami
from layouts import text
from streams.dialects.table import PERSONAL, Options, fields_of, personal
from streams.drop import proposal, runs, saved, tables
from streams.orders import WORDS

BEIJING = timezone(timedelta(hours=8))
SHOWN_BAD, SHOWN_GOOD = 200, 5


def door(city: City) -> Blueprint:
    """The pages of the drop."""
    pages = Blueprint("drop", __name__, url_prefix="/admin/drop")

    @pages.before_request
    def permitted() -> None:
        drops.permit(city, whoami())

    @pages.get("")
    def start() -> Any:
        return _start(city)

    @pages.post("")
    def bring() -> Any:
        return _bring(city)

    @pages.post("/mapping")
    def mapping() -> Any:
        return _save(city)

    @pages.post("/take")
    def take() -> Any:
        return _take(city)

    @pages.post("/bad")
    def bad() -> Any:
        tried = _attempt(city, request.form.get("upload", ""))
        name = f"{tried.source.name}-bad.csv"
        made = Response(_bad_rows(tried), content_type="text/csv; charset=utf-8")
        made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        made.headers["Cache-Control"] = "no-store"
        return made

    @pages.errorhandler(Rejected)
    def rejected(why: Rejected) -> Any:
        return _start(city, f"{_reason(why.reason)}: {why.detail}"), 422

    return pages


def _start(city: City, message: str = "") -> str:
    every = saved.sources(city.settings)
    return render_template("drop.html", step="start", sources=every, message=message)


def _bring(city: City) -> str:
    """Keep the file; then try it by its mapping, or propose one."""
    brought = request.files.get("file")
    content = brought.read(tables.LIMIT_BYTES + 1) if brought else b""
    if not content:
        raise Rejected("not_table", text.say("drop.choose"))
    token = saved.keep(city.settings, whoami(), content)
    if not request.form.get("source"):
        return _mapping(city, token, _proposed(city, token))
    return _tried(city, token)


def _save(city: City) -> Any:
    """Show a mapping to be mended, or save the one in the form and try the file by it."""
    form, token = request.form, request.form.get("upload", "")
    if form.get("edit"):
        return _mapping(city, token, _given(saved.named(city.settings, form.get("source", ""))))
    given = _asked()
    try:
        source = saved.save(city.settings, given)
    except Invalid as why:
        return _mapping(city, token, given, list(why.fields.values())), 422
    drops.mapped(city, whoami(), source.name)
    return _tried(city, token, source.name)


def _attempt(city: City, token: str, name: str = "") -> runs.Tried:
    content = saved.upload(city.settings, whoami(), token)
    source = saved.named(city.settings, name or request.form.get("source", ""))
    return runs.attempt(content, source, int(city.now().timestamp() * 1000))


def _tried(city: City, token: str, name: str = "", message: str = "") -> str:
    tried = _attempt(city, token, name)
    return render_template(
        "drop.html",
        step="tried",
        upload=token,
        source=tried.source,
        message=message,
        n_good=len(tried.good),
        n_bad=len(tried.bad),
        good=[_row(n, thing) for n, thing in tried.good[:SHOWN_GOOD]],
        bad=[
            (bad.row.number, _reason(bad.reason), _why(bad, tried.source.options))
            for bad in tried.bad[:SHOWN_BAD]
        ],
        reasons=[(_reason(why), n) for why, n in tried.reasons.most_common()],
    )


def _reason(code: str) -> str:
    """The words of a reason, the code itself where there are none."""
    return text.say(f"drop.why.{code}") if f"drop.why.{code}" in text.WORDS else code


def _field(name: str) -> str:
    """The words of a field, "" where a person need not map it."""
    return text.say(f"drop.field.{name}") if f"drop.field.{name}" in text.WORDS else ""


def _why(bad: runs.Bad, options: Options) -> str:
    """The field and what stands in its column, then the refusal in its own words."""
    field = bad.detail.partition(":")[0]
    if not _field(field):
        return masking.text(bad.detail)
    column = options.columns.get(field, "")
    said = str(bad.row.cells.get(column, ""))[:40]
    shown = "***" if said and field in PERSONAL else masking.text(said) or text.say("drop.empty")
    place = text.say("drop.in_column", column=column) if column else ""
    detail = masking.text(bad.detail) if field not in PERSONAL else bad.reason
    return f"{_field(field).rstrip(' *')}{place}: {shown} — {detail}"


def _bad_rows(tried: runs.Tried) -> bytes:
    """The bad rows as they came, with their reasons, as CSV for a spreadsheet to mend."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow([text.say("drop.row"), text.say("drop.reason"), *map(harmless, tried.columns)])
    for bad in tried.bad:
        cells = [harmless(bad.row.cells.get(column, "")) for column in tried.columns]
        why = f"{_reason(bad.reason)}: {_why(bad, tried.source.options)}"
        lines.writerow([bad.row.number, harmless(why), *cells])
    return out.getvalue().encode("utf-8-sig", "replace")


def _row(number: int, thing: runs.Thing) -> tuple[Any, ...]:
    """A good row as the page shows it: masked, as every screen shows it."""
    if isinstance(thing, HotlineOrder):
        said = masking.text(thing.title, thing.caller_name)
        return number, thing.order_no, _time(thing.at), said, masking.address(thing.address)
    said = masking.text(thing.title)
    return number, thing.id, _time(thing.at), said, masking.address(thing.address)


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, BEIJING).strftime("%Y-%m-%d %H:%M")


def _take(city: City) -> Any:
    token = request.form.get("upload", "")
    tried = _attempt(city, token)
    try:
        good_only = bool(request.form.get("good_only"))
        taken = runs.take(city, tried, by=whoami(), good_only=good_only)
    except Conflict as why:
        return _tried(city, token, message=why.message), 409
    saved.forget(city.settings, whoami(), token)
    return render_template(
        "drop.html", step="taken", source=tried.source, taken=taken, refused=len(tried.bad)
    )


def _proposed(city: City, token: str) -> dict[str, Any]:
    """A mapping by the names of the columns, for a person to check."""
    table = _table(city, token)
    what = "report" if request.form.get("what") == "report" else "order"
    columns = proposal.columns(what, table.columns)
    options = {"what": what, "columns": columns, "values": proposal.values(columns, table)}
    return {"name": "", "owner": "", "crs": "", "zone": "Asia/Shanghai", "options": options}


def _table(city: City, token: str, wanted: Collection[str] = ()) -> tables.Table:
    content = saved.upload(city.settings, whoami(), token)
    return aside(lambda: tables.read(content, wanted))


def _given(source: Any) -> dict[str, Any]:
    options: Options = source.options
    said = {"what": options.what, "columns": options.columns, "values": options.values}
    kept = {"name": source.name, "owner": source.owner, "crs": source.crs, "zone": source.zone}
    return kept | {"options": said}


def _asked() -> dict[str, Any]:
    """The mapping that the form says, in the words of a file of sources."""
    form = request.form
    what = "report" if form.get("what") == "report" else "order"
    columns = {f: c for f in fields_of(what) if (c := form.get(f"column_{f}", "").strip())}
    values = {field: _words(form.get(f"values_{field}", "")) for field in WORDS}
    options = {
        "what": what,
        "columns": columns,
        "values": {field: words for field, words in values.items() if words},
    }
    said = {name: form.get(name, "").strip() for name in ("name", "owner", "crs", "zone")}
    hidden = personal(Options(what=what, columns=columns))  # type: ignore[arg-type]
    said |= {"by": "drop", "dialect": saved.DIALECT}
    return {**said, "personal": list(hidden), "options": options}


def _words(lines: str) -> dict[str, str]:
    """Lines of theirs=ours."""
    pairs = (line.rpartition("=") for line in lines.splitlines() if "=" in line)
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs if theirs.strip()}


def _mapping(city: City, token: str, given: dict[str, Any], faults: list[str] | None = None) -> str:
    table = _table(city, token, set(given["options"]["columns"].values()))
    what = given["options"]["what"]
    return render_template(
        "drop.html",
        step="mapping",
        upload=token,
        given=given,
        faults=faults or [],
        fields=[(name, said) for name in fields_of(what) if (said := _field(name))],
        words=list(WORDS.items()) if what == "order" else [],
        columns=table.columns,
        samples=_samples(table, personal(Options(what=what, columns=given["options"]["columns"]))),
    )


def _samples(table: tables.Table, hidden: tuple[str, ...]) -> list[tuple[str, str]]:
    """The columns with what stands first in them: so that a person knows which is which.

    What looks like a person's column is hidden, the rest is masked.
    """
    found = []
    for column in table.columns:
        said = next((str(row.cells[column]) for row in table.rows if column in row.cells), "")
        personal_one = said and (column in hidden or "*" in hidden)
        found.append((column, "***" if personal_one else masking.text(said[:40])))
    return found
