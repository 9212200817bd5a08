"""Base maps under the one map: which there are, read from a YAML file and checked.

Facts of 天地图 (layer names, WMTS address, sub-domains, deepest level) are those of its public
service; everything of ours is stored and drawn in WGS-84/CGCS2000, a base may be GCJ-02.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import yaml

from app.errors import BadConfiguration

TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
TIANDITU_LAYERS = ("vec", "cva", "img", "cia", "ter", "cta", "ibo", "eva", "eia")
TIANDITU_HOSTS = "01234567"
TIANDITU_SAYS = "© 天地图"
DEEPEST = 22
WMS_VERSIONS = ("1.1.1", "1.3.0")
SUFFIXES = {".pmtiles": "pmtiles", ".mbtiles": "mbtiles"}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


class BaseKind(StrEnum):
    """Where the tiles of a base map come from."""

    TIANDITU = "tianditu"
    XYZ = "xyz"
    WMS = "wms"
    FILE = "file"


class Base(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One base map; `name` stands in addresses, `title` on the screen."""

    name: str
    title: str
    kind: BaseKind
    url: str = ""
    file: str = ""
    key: str = ""
    key_file: str = ""
    layers: tuple[str, ...] = ()
    version: str = "1.1.1"  # of the WMS; or 1.3.0
    subdomains: str = ""
    crs: str = "wgs84"  # or gcj02
    min_zoom: int = 3
    max_zoom: int = 18  # the deepest tiles there are; nearer ones are drawn larger
    dark: bool = False  # true turns a light map dark, for the wall
    attribution: str = ""
    approval: str = ""  # 审图号


def load_bases(path: Path | None) -> tuple[Base, ...]:
    """The base maps of a file, none without one; BadConfiguration with every fault at once."""
    if path is None:
        return ()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as why:
        raise BadConfiguration([f"CHENGYUN_BASES={path}: cannot be read ({_why(why)})"]) from why
    given = raw.get("bases") if isinstance(raw, dict) else None
    if not isinstance(given, list) or not given:
        raise BadConfiguration([f"{path}: write a list under `bases:`"])
    found, faults = list[Base](), list[str]()
    for n, each in enumerate(given, 1):
        base, said = _base(each, path.parent)
        called = each.get("name", n) if isinstance(each, dict) else n
        faults += [f"{path.name} base {called}: {fault}" for fault in said]
        if base is not None:
            found.append(base)
    names = [base.name for base in found]
    faults += [f"{path.name}: two bases are called {n}" for n in {*names} if names.count(n) > 1]
    if faults:
        raise BadConfiguration(faults)
    return tuple(found)


def _why(error: Exception) -> str:
    """What is wrong and where, without the line itself: a key may stand on it."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return str(error)
    at = error.problem_mark
    return f"{error.problem}" + (f", line {at.line + 1}" if at else "")


def _base(given: Any, folder: Path) -> tuple[Base | None, list[str]]:
    try:
        base = msgspec.convert(given, Base)
    except msgspec.ValidationError as why:
        return None, [str(why)]
    base = _settled(base, folder)
    return base, [*_plain_faults(base), *CHECKS[base.kind](base)]


def _settled(base: Base, folder: Path) -> Base:
    """With its key read and its file found beside the YAML file."""
    changes: dict[str, Any] = {}
    if base.file:
        changes["file"] = str(folder / base.file)
    if base.key_file:
        key = folder / base.key_file
        changes["key"] = key.read_text(encoding="utf-8").strip() if key.is_file() else ""
    if base.kind is BaseKind.TIANDITU:
        changes["layers"] = base.layers or ("vec", "cva")
        changes["attribution"] = base.attribution or TIANDITU_SAYS
    return msgspec.structs.replace(base, **changes)


def _plain_faults(base: Base) -> Iterator[str]:
    if not _NAME.fullmatch(base.name) or base.name == "none":
        yield "name: small letters, digits and hyphens, and not `none`"
    if not base.title.strip():
        yield "title: what the officer reads, for example 天地图 矢量"
    if base.crs not in ("wgs84", "cgcs2000", "gcj02"):
        yield f"crs {base.crs!r}: wgs84, cgcs2000 or gcj02"
    if not 0 <= base.min_zoom <= base.max_zoom <= DEEPEST:
        yield f"min_zoom and max_zoom: 0 to {DEEPEST}, in this order"


def _tianditu_faults(base: Base) -> Iterator[str]:
    if not re.fullmatch(r"[0-9A-Za-z]{8,64}", base.key):
        yield "key or key_file: the tk that console.tianditu.gov.cn has given you"
    for layer in base.layers:
        if layer not in TIANDITU_LAYERS:
            yield f"layer {layer!r}: one of {', '.join(TIANDITU_LAYERS)}"
    if base.crs == "gcj02":
        yield "crs: 天地图 is CGCS2000; leave crs out"


def _url_faults(base: Base, needs: tuple[str, ...], may: tuple[str, ...]) -> Iterator[str]:
    parts = urlsplit(base.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield "url: begin with http:// or https:// and a host"
    if re.search(r"[\s\"'<>\\;,]", parts.netloc):
        yield "url: there is a character in the host that no host has"
    for word in needs:
        if word not in base.url:
            yield f"url: {word} is missing"
    for word in set(re.findall(r"\{[^}]*\}", base.url)) - {"{s}", *needs, *may}:
        yield f"url: nothing is known to be put in the place of {word}"
    if ("{s}" in base.url) != bool(base.subdomains):
        yield "subdomains: the characters that {s} in the url stands for; both or none"


def _xyz_faults(base: Base) -> Iterator[str]:
    yield from _url_faults(base, ("{z}", "{x}"), ("{y}", "{-y}"))
    if "{y}" not in base.url and "{-y}" not in base.url:
        yield "url: {y} is missing ({-y} where rows are counted from the south)"


def _wms_faults(base: Base) -> Iterator[str]:
    yield from _url_faults(base, (), ())
    if not base.layers:
        yield "layers: the names of the WMS layers"
    if base.version not in WMS_VERSIONS:
        yield f"version {base.version!r}: {' or '.join(WMS_VERSIONS)}"


def _file_faults(base: Base) -> Iterator[str]:
    path = Path(base.file)
    if path.suffix not in SUFFIXES:
        yield "file: one that ends in .pmtiles or .mbtiles"
    elif not path.is_file():
        yield f"file: there is no {path.name} beside this file"


CHECKS = {
    BaseKind.TIANDITU: _tianditu_faults,
    BaseKind.XYZ: _xyz_faults,
    BaseKind.WMS: _wms_faults,
    BaseKind.FILE: _file_faults,
}


def hosts(bases: tuple[Base, ...]) -> list[str]:
    """The origins that a page must be allowed to take pictures from, for its policy."""
    found = set[str]()
    for said in (shown(base) for base in bases if base.kind is not BaseKind.FILE):
        parts = urlsplit(said["urls"][0])
        for one in said["subdomains"] or [""]:
            found.add(f"{parts.scheme}://{parts.netloc.replace('{s}', one)}")
    return sorted(found)


def shown(base: Base, about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the browser is told of a base; `about` is what a file says of itself (kind FILE)."""
    said: dict[str, Any] = {
        "name": base.name,
        "title": base.title,
        "kind": "tiles",
        "urls": [base.url],
        "subdomains": base.subdomains,
        "gcj02": base.crs == "gcj02",
        "min_zoom": base.min_zoom,
        "max_zoom": base.max_zoom,
        "dark": base.dark,
        "attribution": base.attribution,
        "approval": base.approval,
    }
    if base.kind is BaseKind.TIANDITU:
        key = quote(base.key)
        said["urls"] = [TIANDITU.format(layer=layer, key=key) for layer in base.layers]
        said["subdomains"] = TIANDITU_HOSTS
    elif base.kind is BaseKind.WMS:
        said |= {"kind": "wms", "layers": ",".join(base.layers), "version": base.version}
    elif base.kind is BaseKind.FILE:
        said["urls"] = [f"/tiles/{base.name}/{{z}}/{{x}}/{{y}}"]
        said |= dict(about or {})
    return said
