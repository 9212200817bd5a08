"""How long readings are kept: whole days by kind of device, from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import yaml

from app.domain.kinds import BY_CODE
from app.errors import BadConfiguration

PACKAGED = Path(__file__).parent.parent / "retention.yaml"
SHORTEST_DAYS = 3  # readings come up to 24 h late: a day is complete on the third


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days that readings are kept as they came: `days`, and other lengths for some kinds.

    The minute table goes with them; hours and days are kept for ever.
    """

    days: int
    kinds: Mapping[str, int] = {}


def load_retention(path: Path | None = None) -> Retention:
    """Read the policy; None is the packaged one. Raises BadConfiguration with every fault."""
    path = path or PACKAGED
    try:
        policy = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Retention)
    except OSError as why:
        said = f"CHENGYUN_RETENTION={path}: cannot be read ({why.strerror})"
        raise BadConfiguration([said]) from why
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as why:
        raise BadConfiguration([f"{path}: {why}"]) from why
    faults = [f"{path}: kinds: there is no kind {k!r}" for k in policy.kinds if k not in BY_CODE]
    faults += [
        f"{path}: {name}: {days} days; at least {SHORTEST_DAYS} are needed"
        for name, days in {"days": policy.days, **policy.kinds}.items()
        if days < SHORTEST_DAYS
    ]
    if faults:
        raise BadConfiguration(faults)
    return policy
