"""Dead letters at the machine."""

from __future__ import annotations

from argparse import Namespace

import pytest

from app.errors import Invalid
from app.services import ingest
from app.services.ingest import Letter
from streams import letters_command


def test_they_are_listed_and_replayed_by_what_they_are(city, capsys) -> None:
    at = int(city.now().timestamp() * 1000)
    some = [Letter(f"p/{n}", b"{", "not_json", "why", source="lora") for n in range(3)]
    ingest.reject(city, [*some, Letter("x/1", "电话13800001234".encode(), "odd", "d")], at)
    which = {"source": "", "reason": "", "text": "", "limit": 2}
    assert letters_command.run(city, Namespace(verb="letters", **which)) == 0
    told = capsys.readouterr().out
    assert "3  lora  not_json" in told
    assert "13800001234" not in told
    assert told.count("bytes:") == 2
    with pytest.raises(Invalid):
        letters_command.run(city, Namespace(verb="replay", **which))
    assert letters_command.run(city, Namespace(verb="replay", **which | {"source": "lora"})) == 0
    assert "3 letters wait" in capsys.readouterr().out
    (fact,) = city.ledger.facts_after(0)
    assert (fact.kind, fact.who) == ("letters.requested", "system")
