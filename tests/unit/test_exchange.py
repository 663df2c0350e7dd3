"""The exchange of an identity for a token of a registry: real botocore, against the stand-in for AWS."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore.loaders import Loader

from credhelper.aws.exchange import create_client, create_session, exchange
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions, without_settings
from credhelper.ecr.token import Token
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from tests.fake_ec2.services.web_identities import mint_token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fake_ec2.services import Loopback

PRIVATE = Registry("123456789012", "us-east-1")
PUBLIC = Registry("", "us-east-1")


def get_token(registry: Registry) -> Token:
    return exchange(without_settings(registry), Progress())


def write_config(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_an_instance_role_is_exchanged_in_one_call_to_ecr_and_six_to_metadata(cloud: Loopback) -> None:
    token = get_token(PRIVATE)
    assert token.username == "AWS"
    assert len(token.password) > 1000
    assert {name: count for name, count in cloud.count_calls().items() if count} == {"ecr": 1, "metadata": 6}


@pytest.mark.usefixtures("cloud")
def test_a_token_of_the_instance_role_is_bound_to_the_machine_and_valid_for_twelve_hours() -> None:
    token = get_token(PRIVATE)
    assert token.source.machine_bound
    assert token.source.non_interactive
    assert token.source.session_ttl == token.source.max_age == float("inf")
    assert token.expires_at == pytest.approx(time.time() + 12 * 3600, abs=60)


@pytest.mark.usefixtures("cloud")
def test_the_secret_path_of_a_metadata_service_is_not_kept_and_its_role_is_trusted_for_five_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    with forward_requests("/hidden", endpoint) as url:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{url}/hidden")
        source = get_token(PRIVATE).source
    assert source.role_identity is None
    assert source.max_age == 300


@contextlib.contextmanager
def forward_requests(prefix: str, endpoint: str) -> Iterator[str]:
    """Run a service that forwards requests below the path `prefix` to `endpoint`; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            headers = {name: value for name, value in self.headers.items() if name.lower().startswith("x-")}
            path = self.path.removeprefix(prefix)
            request = urllib.request.Request(f"{endpoint}{path}", method=self.command, headers=headers)  # noqa: S310
            try:
                with urllib.request.urlopen(request) as answer:  # noqa: S310
                    status, data = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, data = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_PUT(self) -> None:
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_region_is_that_of_the_host_and_not_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    aws_client = create_client(without_settings(PRIVATE._replace(region="ap-southeast-7")), botocore.session.Session())
    assert aws_client.meta.region_name == "ap-southeast-7"


def test_a_password_may_contain_a_colon(cloud: Loopback) -> None:
    cloud.configure(colon=True)
    assert ":" in get_token(PRIVATE).password


def test_ecr_public_issues_its_own_token(cloud: Loopback) -> None:
    assert get_token(PUBLIC).username == "AWS"
    assert (cloud.count_calls()["ecr-public"], cloud.count_calls()["ecr"]) == (1, 0)


@pytest.mark.usefixtures("cloud")
def test_a_switch_to_fips_does_not_break_ecr_public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    assert get_token(PUBLIC).username == "AWS"


@pytest.mark.parametrize("switch", ["fips", "dualstack"])
@pytest.mark.parametrize("is_enabled", [False, True])
def test_a_switch_of_a_rule_beats_that_of_the_environment_for_ecr_and_for_sts(
    monkeypatch: pytest.MonkeyPatch, switch: str, is_enabled: bool
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv(f"AWS_USE_{switch.upper()}_ENDPOINT", str(not is_enabled).lower())
    target = Target(PRIVATE.host, PRIVATE, TokenOptions(**{switch: is_enabled}))  # type: ignore[arg-type]
    session = create_session(target)
    for aws_client in (create_client(target, session), session.create_client("sts")):
        url = aws_client.meta.endpoint_url
        assert (("-fips" in url) if switch == "fips" else url.endswith(".api.aws")) == is_enabled


@pytest.mark.parametrize("switch", ["fips", "dualstack"])
def test_a_switch_of_a_rule_beats_an_endpoint_of_the_environment(switch: str) -> None:
    target = Target(PRIVATE.host, PRIVATE, TokenOptions(**{switch: True}))  # type: ignore[arg-type]
    assert "amazonaws.com" in create_client(target, create_session(target)).meta.endpoint_url.replace(
        "api.aws", "amazonaws.com"
    )


def test_an_endpoint_of_a_rule_wins_over_the_switches_and_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for switch in ("FIPS", "DUALSTACK"):
        monkeypatch.setenv(f"AWS_USE_{switch}_ENDPOINT", "true")
    registry = PRIVATE._replace(fips=True, dualstack=True)
    target = Target(registry.host, registry, TokenOptions(endpoint_url="https://vpce.example"))
    assert create_client(target, create_session(target)).meta.endpoint_url == "https://vpce.example"


@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("dualstack", [False, True])
def test_an_endpoint_that_the_user_set_wins(cloud: Loopback, fips: bool, dualstack: bool) -> None:
    get_token(PRIVATE._replace(fips=fips, dualstack=dualstack))
    assert cloud.count_calls()["ecr"] == 1


def test_an_endpoint_of_the_configuration_file_wins(
    cloud: Loopback, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = cloud.environment()["AWS_ENDPOINT_URL_ECR"]
    monkeypatch.delenv("AWS_ENDPOINT_URL_ECR")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    write_config(home / ".aws/config", f"[default]\nservices = mine\n[services mine]\necr =\n  endpoint_url = {url}\n")
    get_token(PRIVATE._replace(fips=True))
    assert cloud.count_calls()["ecr"] == 1


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("directory", [".aws/models", "elsewhere"])
def test_no_model_of_the_user_is_loaded(home: Path, monkeypatch: pytest.MonkeyPatch, directory: str) -> None:
    model_directory = home / directory / "ecr" / "2099-01-01"
    model_directory.mkdir(parents=True)
    (model_directory / "service-2.json").write_text("{}")
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(home / ".aws/models"))  # computed at botocore's import
    monkeypatch.setenv("AWS_DATA_PATH", str(home / "elsewhere"))
    assert get_token(PRIVATE).username == "AWS"


def configure_role(home: Path) -> None:
    write_config(
        home / ".aws/config",
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/other\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hidden\n",
    )


def test_a_session_of_sts_bounds_the_token_that_it_obtained(cloud: Loopback, home: Path) -> None:
    configure_role(home)
    token = get_token(PRIVATE)
    assert cloud.count_calls()["sts"] == 1
    assert 0 < token.source.session_ttl <= 3600
    assert not token.source.machine_bound


@pytest.mark.usefixtures("cloud")
def test_a_role_that_the_instance_role_assumes_is_bound_to_the_machine(home: Path) -> None:
    arn = "arn:aws:iam::123456789012:role/other"
    write_config(home / ".aws/config", f"[default]\nrole_arn = {arn}\ncredential_source = Ec2InstanceMetadata\n")
    assert get_token(PRIVATE).source.machine_bound


@pytest.mark.usefixtures("cloud")
def test_credentials_of_a_process_are_marked(home: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    answer = '{"Version": 1, "AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "hidden"}'
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o700)
    write_config(home / ".aws/config", f"[default]\ncredential_process = {program}\n")
    assert get_token(PRIVATE).source.used_process


@pytest.mark.usefixtures("cloud")
def test_the_token_file_of_a_web_identity_is_recorded(home: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(mint_token("somebody", time.time() + 3600))
    write_config(
        home / ".aws/config",
        f"[default]\nrole_arn = arn:aws:iam::123456789012:role/other\nweb_identity_token_file = {tmp_path / 'token'}\n",
    )
    assert get_token(PRIVATE).source.files == [str(tmp_path / "token")]


@pytest.mark.parametrize(
    ("behaviour", "id_"), [("empty", "empty-answer"), ("garbled", "malformed-answer"), ("portal", "malformed-answer")]
)
def test_an_answer_without_a_token_is_reported(cloud: Loopback, behaviour: str, id_: str) -> None:
    cloud.configure(ecr=behaviour)
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE)
    assert excinfo.value.id == id_


def test_a_role_that_requires_a_code_does_not_prompt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure_role(home)
    with (home / ".aws/config").open("a") as config:
        config.write("[profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/other\nmfa_serial = arn\n")
        config.write("source_profile = base\n")
    monkeypatch.setenv("AWS_PROFILE", "mfa")
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE)
    assert excinfo.value.id == "mfa-required"


def test_an_invalid_endpoint_is_not_blamed_on_the_credentials(cloud: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", "nowhere")
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE)
    assert excinfo.value.id == "no-endpoint"
    assert cloud.count_calls()["ecr"] == 0


@pytest.mark.usefixtures("cloud")
def test_the_output_of_a_credential_process_is_not_repeated(home: Path) -> None:
    write_config(home / ".aws/config", "[default]\ncredential_process = sh -c 'echo hidden >&2; exit 3'\n")
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE)
    assert excinfo.value.id == "process-failed"
    assert "the credential_process sh" in str(excinfo.value)
    assert "exited with status 3" in str(excinfo.value)
    assert "hidden" not in str(excinfo.value) + excinfo.value.fix


@pytest.mark.parametrize(("region", "is_mentioned"), [("eu-west-1", True), ("us-east-1", False)])
def test_a_failure_at_a_fips_endpoint_that_aws_does_not_document_is_marked(
    monkeypatch: pytest.MonkeyPatch, region: str, is_mentioned: bool
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE._replace(region=region, fips=True))
    assert excinfo.value.id == "refused"
    assert (f"AWS documents no FIPS endpoint of ECR in {region}" in excinfo.value.fix) == is_mentioned


@pytest.mark.parametrize("expires_at", [-62_135_596_800, 0, 253_402_297_199])
def test_a_token_that_expires_in_the_year_1_or_9999_is_a_token(cloud: Loopback, expires_at: float) -> None:
    cloud.configure(token_life=expires_at - time.time())
    assert get_token(PRIVATE).expires_at == pytest.approx(expires_at, abs=60)


@pytest.mark.parametrize("expires_at", [1e13, 1e300, -1e13])
def test_a_token_with_an_expiry_that_is_not_a_date_is_malformed(cloud: Loopback, expires_at: float) -> None:
    cloud.configure(token_life=expires_at)
    with pytest.raises(HelperError) as excinfo:
        get_token(PRIVATE)
    assert excinfo.value.id == "malformed-answer"
