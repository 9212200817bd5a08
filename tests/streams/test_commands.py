"""run.py feeds token: issued, listed and revoked from the command line."""

from __future__ import annotations

import pytest

import run
from app.services import tokens


@pytest.fixture
def at_home(city, monkeypatch):
    """The command line on the test's own city."""
    monkeypatch.setenv("CHENGYUN_VAR", str(city.settings.var))
    monkeypatch.setenv("CHENGYUN_REDIS_URL", city.settings.redis_url)
    monkeypatch.setenv("CHENGYUN_SECRET_KEY", city.settings.secret_key)
    return city


def test_a_token_is_issued_listed_and_revoked(at_home, capsys) -> None:
    more = ["--scope", "webhook:hotline", "--scope", "read", "--per-minute", "60", "--days", "30"]
    assert run.main(["feeds", "token", "issue", "--source", "hotline", *more]) == 0
    said = capsys.readouterr().out
    (token,) = tokens.listed(at_home, None)
    assert (token.scopes, token.per_minute, token.issued_by) == (
        ("webhook:hotline", "read"),
        60,
        "system",
    )
    assert token.expires_at is not None
    assert "no source is called 'hotline' yet" in said
    secret = next(line.split()[1] for line in said.splitlines() if line.startswith("secret "))
    assert tokens.signing_key(at_home, token.id) in said
    assert tokens.check(at_home, secret, "read").id == token.id
    assert run.main(["feeds", "token", "list"]) == 0
    listed = capsys.readouterr().out
    assert token.id in listed
    assert secret not in listed
    assert run.main(["feeds", "token", "revoke", token.id]) == 0
    assert "revoked" in capsys.readouterr().out
    assert run.main(["feeds", "token", "revoke", "nobody"]) == 1
    assert "没有这个令牌" in capsys.readouterr().err


def test_the_source_itself_is_the_usual_scope(at_home, capsys) -> None:
    assert run.main(["feeds", "token", "issue", "--source", "lora-1"]) == 0
    assert tokens.listed(at_home, None)[0].scopes == ("webhook:lora-1",)
    assert run.main(["feeds", "token", "issue", "--source", "含中文"]) == 1
    assert "scopes" in capsys.readouterr().err


def test_without_a_secret_key_nothing_is_issued(at_home, monkeypatch, capsys) -> None:
    monkeypatch.delenv("CHENGYUN_SECRET_KEY")
    assert run.main(["feeds", "token", "list"]) == 2
    assert "secret_key" in capsys.readouterr().err
