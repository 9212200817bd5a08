"""Fifty rules for bench.watch: the city's own, and copies of them with other limits."""

from __future__ import annotations

from pathlib import Path

import yaml

OWN = Path(__file__).resolve().parents[1] / "app/rules.yaml"
RULES = 50


def write_rules(path: Path) -> Path:
    """Write a rule file of RULES rules; copies go round the city's own, one after another."""
    own = yaml.safe_load(OWN.read_text("utf-8"))["rules"]
    judged = [rule for rule in own if rule["metric"] != "silence"]
    copies = [
        {**judged[i % len(judged)], "id": f"{judged[i % len(judged)]['id']}-{i}"}
        for i in range(RULES - len(own))
    ]
    text = yaml.safe_dump({"rules": own + copies}, allow_unicode=True, sort_keys=False)
    path.write_text(text, "utf-8")
    return path
