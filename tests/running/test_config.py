"""Settings: where they come from, and that every fault is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings, load_settings
from app.errors import BadConfiguration


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def faults(**over: object) -> str:
    with pytest.raises(BadConfiguration) as refused:
        load_settings(**over)
    return "\n".join(refused.value.faults)


def test_one_machine_needs_no_setting() -> None:
    settings = load_settings()
    assert settings.port == 8050
    assert settings.history == Path("var/history")
    assert settings.database_url.endswith("/var/ledger.sqlite")


def test_the_order_is_argument_environment_secret_file_toml(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chengyun.toml").write_text(
        'port = 1111\nhost = "10.0.0.1"\nmqtt_password = "from toml"\nmqtt_user = "toml"\n'
    )
    (tmp_path / "secret").write_text("from file\n")
    monkeypatch.setenv("CHENGYUN_PORT", "2222")
    monkeypatch.setenv("CHENGYUN_MQTT_PASSWORD_FILE", str(tmp_path / "secret"))
    settings = load_settings(host="10.0.0.2")
    assert (settings.port, settings.host) == (2222, "10.0.0.2")
    assert (settings.mqtt_password, settings.mqtt_user) == ("from file", "toml")


def test_var_moves_everything_that_lies_in_it(tmp_path: Path) -> None:
    settings = load_settings(var=tmp_path / "kept")
    assert settings.photos == tmp_path / "kept/photos"
    assert str(tmp_path / "kept") in settings.database_url


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chengyun.toml").write_text('prot = 1\ncity = "Changzhou"\n')
    (tmp_path / "password").write_bytes("密码".encode("gbk"))
    monkeypatch.setenv("CHENGYUN_PORT", "99999")
    monkeypatch.setenv("CHENGYUN_RUELS", "x")
    monkeypatch.setenv("CHENGYUN_SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("CHENGYUN_MQTT_PASSWORD_FILE", str(tmp_path / "password"))
    said = faults()
    for part in ("prot", "did you mean port?", "city", "99999", "did you mean CHENGYUN_RULES?"):
        assert part in said
    assert "SECRET_KEY_FILE" in said
    assert "MQTT_PASSWORD_FILE" in said
    assert "no UTF-8" in said


def test_a_broken_file_hides_no_other_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "chengyun.toml").write_text("port = = 3")
    monkeypatch.setenv("CHENGYUN_PORT", "99999")
    monkeypatch.setenv("CHENGYUN_REDIS_URL_FILE", str(tmp_path))
    said = faults()
    assert all(part in said for part in ("chengyun.toml: ", "99999", "REDIS_URL_FILE"))


def test_a_secret_is_never_repeated_in_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGYUN_SECRET_KEY", "short-one")
    said = faults()
    assert "32 characters" in said
    assert "short-one" not in said


def test_files_that_are_not_there_are_faults(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHENGYUN_SECRET_KEY_FILE", str(tmp_path / "nowhere"))
    assert "nowhere" in faults()
    monkeypatch.delenv("CHENGYUN_SECRET_KEY_FILE")
    monkeypatch.setenv("CHENGYUN_CONFIG", str(tmp_path / "no.toml"))
    assert "no.toml" in faults()


def test_toml_that_is_no_toml_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "chengyun.toml").write_text("port = = 3")
    assert "chengyun.toml" in faults()


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    "address",
    [
        "https://video.example/play",
        "ftp://video.example/{code}",
        "javascript:alert({code})",
        "https://video.example/{code}/{name}",
        "https://video.example/{code} {code}",
        "{code}",
    ],
)
def test_the_address_of_cameras_needs_http_and_the_code(address: str) -> None:
    assert "camera_url" in faults(camera_url=address)


def test_a_video_platform_is_one_setting() -> None:
    assert load_settings().camera_url == ""
    address = "http://10.0.0.5:8080/#/play/{code}?stream=1"
    assert load_settings(camera_url=address).camera_url == address
