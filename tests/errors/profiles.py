"""Scenarios: ~/.aws/config and ~/.aws/credentials, and keys in the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.errors.scenario import BASE, KEYS, ROLE, SECRET, Scenario, configure_aws
from tests.support.runner import ORDINARY_USER, PROGRAM

if TYPE_CHECKING:
    from tests.errors.scenario import Changes, Sandbox


def _protect_config(sandbox: Sandbox) -> Changes:
    sandbox.write_aws_config(BASE).chmod(0)
    return {"AWS_PROFILE": "base"}


SCENARIOS = (
    Scenario(
        "profile-missing",
        configure_aws("[profile production]\nregion = us-east-1\n", AWS_PROFILE="prodution"),
        ["the profile prodution does not exist", "~/.aws/config or ~/.aws/credentials"],
        ["did you mean production (in ~/.aws/config)?", "aws configure --profile prodution"],
    ),
    Scenario(
        "profile-incomplete",
        configure_aws(f"[default]\nrole_arn = {ROLE}\n"),
        ["the profile default is incomplete", "it has no source_profile or credential_source"],
        ["aws configure --profile default"],
    ),
    Scenario(
        "profile-loop",
        configure_aws(
            f"[default]\nrole_arn = {ROLE}\nsource_profile = two\n"
            f"[profile two]\nrole_arn = {ROLE}\nsource_profile = default\n"
        ),
        ["default -> two -> default"],
        ["source_profile"],
    ),
    Scenario(
        "keys-incomplete",
        lambda _: {"AWS_ACCESS_KEY_ID": "AKIAONE"},
        ["AWS_SECRET_ACCESS_KEY is not set"],
        ["unset AWS_ACCESS_KEY_ID"],
    ),
    Scenario(
        "config-broken",
        configure_aws(f"[default]\nregion = us-east-1\naws_secret_access_key {SECRET}\n"),
        [".aws/config, line 3\n", "it is not of the form name = value"],
        ["correct that line"],
    ),
    Scenario(
        "config-unreadable",
        _protect_config,
        [".aws/config", "user 1000 may not read"],
        ["ls -l"],
        command=(*ORDINARY_USER, PROGRAM, "get"),
    ),
    Scenario(
        "credentials-unusable",
        lambda _: {**KEYS, "AWS_CREDENTIAL_EXPIRATION": "soon"},
        ["source env: "],
        ["aws sts get-caller-identity"],
    ),
    Scenario(
        "config-invalid",
        lambda _: {**KEYS, "AWS_STS_REGIONAL_ENDPOINTS": "everywhere"},
        ["invalid AWS configuration", "everywhere is invalid"],
        ["env | grep ^AWS_"],
    ),
)
