"""An impostor's token is neither returned nor kept, whatever a CA setting of the process contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.rules import SECRET
from tests.support.runner import parse_error, parse_login, run_get

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAONE", "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize(("value", "id_"), [("", "tls-untrusted"), (" ", "tls-untrusted"), ("0", "path-relative")])
def test_no_value_of_a_variable_makes_the_helper_accept_an_untrusted_server(
    impostor: Loopback, variable: str, value: str, id_: str
) -> None:
    done = run_get(**KEYS, **{variable: value})
    assert parse_error(done)
    assert f"[{id_}]" in done.report
    assert impostor.read_log() == []


@pytest.mark.parametrize(("value", "id_"), [("", "tls-untrusted"), ("false", "path-relative")])
def test_no_value_in_a_profile_makes_the_helper_accept_an_untrusted_server(
    impostor: Loopback, home: Path, value: str, id_: str
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"[default]\nca_bundle = {value}\n")
    done = run_get(**KEYS)
    assert parse_error(done)
    assert f"[{id_}]" in done.report
    assert impostor.read_log() == []


@pytest.mark.parametrize("value", ["''", "' '", "false", "'0'"])
def test_no_value_in_a_rule_makes_the_helper_accept_an_untrusted_server(
    impostor: Loopback, config: Path, value: str
) -> None:
    config.write_text(f"[[rule]]\nmatch = '*'\nca_bundle = {value}\n")
    assert "ca_bundle must be the path of a file" in parse_error(run_get(**KEYS))
    assert impostor.read_log() == []


@pytest.mark.usefixtures("impostor")
def test_a_blank_variable_does_not_hide_the_bundle_of_the_profile(authority: Path, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"[default]\nca_bundle = {authority / 'ca.crt'}\n")
    environment = {**KEYS, "AWS_CA_BUNDLE": " ", "REQUESTS_CA_BUNDLE": ""}
    first = parse_login(run_get(**environment))
    assert parse_login(run_get(**environment)) == first
