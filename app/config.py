"""Settings of the city: environment CHENGYUN_*, a TOML file, secrets also from files.

Order, strongest first: arguments of the command line, environment, secret files
(CHENGYUN_SECRET_KEY_FILE and the like), the TOML file (CHENGYUN_CONFIG, else ./chengyun.toml).
Everything that is wrong is listed at once and the city refuses to start.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.errors import BadConfiguration

PREFIX = "CHENGYUN_"
SECRETS = ("secret_key", "mqtt_password", "redis_url", "database_url", "demo_password")


class Settings(BaseSettings):
    """Every setting has a name, a default that works on one machine, and a description."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    var: Path = Field(Path("var"), description="Folder of everything the city keeps.")
    host: str = Field("127.0.0.1", description="Address on which the web role listens.")
    port: int = Field(8050, ge=1, le=65535, description="Port on which the web role listens.")
    city: str = Field(
        "320404", pattern=r"^\d{6}$", description="Six-digit code of the district or city shown."
    )
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis 6.2 or newer, or Valkey.")
    mqtt_host: str = Field("127.0.0.1", description="Host of the MQTT broker.")
    mqtt_port: int = Field(1883, ge=1, le=65535, description="Port of the MQTT broker.")
    mqtt_user: str | None = Field(None, description="User at the broker.")
    mqtt_password: str | None = Field(None, description="Password at the broker.")
    mqtt_tls_ca: Path | None = Field(None, description="CA file; set it to speak TLS.")
    mqtt_tls_cert: Path | None = Field(None, description="Our certificate, if the broker asks.")
    mqtt_tls_key: Path | None = Field(None, description="Key of our certificate, without password.")
    mqtt_client_id: str = Field(
        "chengyun-ingest", min_length=1, description="Stable client id: the broker's session."
    )
    mqtt_share_group: str = Field("", description="Group of a shared subscription, for N ingests.")
    database_url: str = Field("", description="SQLAlchemy URL; empty is SQLite under var.")
    history: Path | None = Field(None, description="Folder of the Parquet history.")
    photos: Path | None = Field(None, description="Folder of the photos.")
    secret_key: str = Field("", description="Key that signs sessions, 32 characters or more.")
    rules: Path | None = Field(None, description="YAML file of rules; empty is the packaged one.")
    layers: Path | None = Field(
        None, description="YAML file of the map's presets; empty is the packaged one."
    )
    bases: Path | None = Field(None, description="YAML file of base maps; empty is none.")
    sources: Path | None = Field(None, description="YAML file of other systems' feeds.")
    places: Path | None = Field(
        None, description="CSV or GeoJSON file of place names: roads, estates, buildings."
    )
    retention: Path | None = Field(
        None, description="YAML file of how long readings are kept; empty is the packaged one."
    )
    partitions: int = Field(1, ge=1, le=256, description="Partitions of devices; fixed for life.")
    locale: Literal["zh-CN", "en"] = Field("zh-CN", description="Language of the screens.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much the roles say."
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="Proxies before the web role whose X-Forwarded-For is true."
    )
    https: bool = Field(False, description="True behind TLS: cookies are then Secure.")
    demo_password: str | None = Field(None, min_length=10, description="Password of the demo cast.")
    archive_flush_s: float = Field(60, gt=0, description="Longest wait before history is written.")
    archive_flush_rows: int = Field(50_000, ge=1, description="Readings that trigger a write.")
    letters_kept: int = Field(20_000, ge=1, description="Dead letters kept; oldest go first.")
    letters_mb: int = Field(64, ge=1, description="Megabytes of all dead letters together.")
    letters_days: int = Field(30, ge=1, description="Days after which a dead letter goes.")
    orders_days: int = Field(
        30, ge=1, description="Days after its case ended when an order forgets its citizen."
    )
    strangers_kept: int = Field(5_000, ge=1, description="Unknown devices in the inbox.")
    feed_quiet_s: float = Field(15, gt=0, description="A feed silent for longer is called lost.")
    startup_grace_s: float = Field(90, ge=0, description="No device is offline before this.")
    points_at_most: int = Field(
        4_000, ge=0, le=200_000, description="Devices in a map's view above which it clusters."
    )
    session_idle_min: int = Field(15, ge=1, description="Idle minutes until sign-out.")
    camera_url: str = Field(
        "", description="Address of a camera's picture, with {code}; empty: no video platform."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources as the module says."""
        # load_settings tells what is wrong with a file, together with everything else
        readable = None if _no_toml(_toml_file()) else _toml_file()
        toml = TomlConfigSettingsSource(settings_cls, toml_file=readable)
        return init_settings, env_settings, SecretFiles(settings_cls), toml

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if key and len(key) < 32:
            raise ValueError("needs 32 characters or more; make one with: openssl rand -hex 32")
        return key

    @field_validator("camera_url")
    @classmethod
    def _for_every_camera(cls, address: str) -> str:
        if address and not re.fullmatch(r"https?://[^\s{}]+\{code\}[^\s{}]*", address):
            raise ValueError("needs http:// or https:// and once {code}, the camera's number")
        return address

    @model_validator(mode="after")
    def _whole_tls(self) -> Settings:
        cert, key = self.mqtt_tls_cert, self.mqtt_tls_key
        if (cert is None) != (key is None) or (cert is not None and self.mqtt_tls_ca is None):
            raise ValueError("mqtt_tls_cert and mqtt_tls_key belong together, and to mqtt_tls_ca")
        return self

    @model_validator(mode="before")
    @classmethod
    def _places_under_var(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Fill what is derived from var, so that no reader meets an empty path."""
        var = Path(given.get("var") or "var")
        given["history"] = given.get("history") or var / "history"
        given["photos"] = given.get("photos") or var / "photos"
        ledger = (var / "ledger.sqlite").absolute()
        given["database_url"] = given.get("database_url") or f"sqlite:///{ledger}"
        return given


class SecretFiles(PydanticBaseSettingsSource):
    """Reads CHENGYUN_<NAME>_FILE for the secrets; of an unreadable one load_settings tells."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the content of the field's file, stripped; None without one that can be read."""
        path = _secret_path(field_name)
        found = None if path is None or _unreadable(path) else path.read_text("utf-8").strip()
        return found, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every secret that a file gives."""
        found = {
            name: self.get_field_value(self.settings_cls.model_fields[name], name)[0]
            for name in SECRETS
        }
        return {name: value for name, value in found.items() if value is not None}


def _secret_path(name: str) -> Path | None:
    given = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
    return Path(given) if given else None


def _unreadable(path: Path) -> str:
    """Why a text file cannot be read, "" when it can."""
    try:
        path.read_text(encoding="utf-8")
    except OSError as why:
        return why.strerror or type(why).__name__
    except UnicodeDecodeError:
        return "it is no UTF-8"
    return ""


def _unread_files() -> list[str]:
    """The secret files and the TOML file that cannot be read, and what is no TOML."""
    asked = {f"{PREFIX}{name.upper()}_FILE": _secret_path(name) for name in SECRETS}
    faults = [
        f"{name}={path}: cannot be read ({why})"
        for name, path in asked.items()
        if path is not None and (why := _unreadable(path))
    ]
    toml = _toml_file()
    if not toml.is_file():
        named = os.environ.get(f"{PREFIX}CONFIG")
        return [*faults, f"{PREFIX}CONFIG={toml}: there is no such file"] if named else faults
    why = _no_toml(toml)
    return [*faults, f"{toml}: {why}"] if why else faults


def _no_toml(path: Path) -> str:
    """Why a TOML file cannot be read, "" when it can or is not there."""
    if not path.is_file():
        return ""
    why = _unreadable(path)
    try:
        if not why:
            tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        return str(fault)
    return f"cannot be read ({why})" if why else ""


def _toml_file() -> Path:
    return Path(os.environ.get(f"{PREFIX}CONFIG", "chengyun.toml"))


def _unknown_environment() -> list[str]:
    """CHENGYUN_* names that nobody reads: most often a misspelling."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS} | {f"{PREFIX}CONFIG"}
    faults = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            faults.append(f"{name}: there is no such setting{hint}")
    return faults


def _fault(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"]) or "settings"
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{name}: there is no such setting{hint}"
    # the input of a fault of the whole are all settings, secrets too
    hidden = name in SECRETS or not error["loc"]
    given = "" if hidden else f" (given: {error['input']!r})"
    return f"{name}: {error['msg']}{given}"


def load_settings(**over: Any) -> Settings:
    """Read all settings; `over` wins. Raises BadConfiguration with every fault at once."""
    faults = [*_unknown_environment(), *_unread_files()]
    try:
        settings = Settings(**{k: v for k, v in over.items() if v is not None})
    except ValidationError as why:
        faults += [_fault(error) for error in why.errors()]
    if faults:
        raise BadConfiguration(faults)
    return settings
