"""The stand-in for AWS, asked by AWS's own SDK and by plain HTTP."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from tests.instance.services import Control, Loopback, recorded, serve
from tests.instance.services.places import by_host
from tests.instance.services.server import listening

NOW = 1_800_000_000.0
ROLE = "/latest/meta-data/iam/security-credentials/"
INSTANCE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"
DENIED = (
    f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken on resource: * "
    "because no identity-based policy allows the ecr:GetAuthorizationToken action"
)
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture
def clock() -> list[float]:
    return [NOW]


@pytest.fixture
def cloud(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with serve(lambda: clock[0]) as cloud:
        for name, value in cloud.environment().items():
            monkeypatch.setenv(name, value)
        yield cloud


def client(service: str, region: str = "eu-west-1", **keys: Any) -> Any:  # noqa: ANN401  # made at run time
    once = Config(retries={"total_max_attempts": 1}, read_timeout=keys.pop("read_timeout", 10))
    return botocore.session.Session().create_client(service, region, config=once, **keys)


def password(service: str = "ecr", region: str = "eu-west-1") -> str:
    data = client(service, region).get_authorization_token()["authorizationData"]
    encoded = (data if service == "ecr-public" else data[0])["authorizationToken"]
    return base64.b64decode(encoded).decode().partition(":")[2]


def failure(service: str, region: str = "eu-west-1", **keys: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        client(service, region, **keys).get_authorization_token()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def instance_keys() -> Credentials:
    keys = botocore.session.Session().get_credentials()
    assert keys is not None
    return keys


def connect(cloud: Loopback) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(cloud.endpoint.partition("//")[2], timeout=10)
    connection.connect()
    return connection


def ask(cloud: Loopback, method: str, path: str, **headers: str) -> tuple[int, str]:
    with contextlib.closing(connect(cloud)) as connection:
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_an_instance_gets_a_token_of_its_role_with_three_calls_to_metadata(cloud: Loopback) -> None:
    [data] = client("ecr").get_authorization_token()["authorizationData"]
    assert data["proxyEndpoint"] == f"https://{REGISTRY}"
    assert data["expiresAt"] == datetime.fromtimestamp(NOW + 43200, timezone.utc)
    assert cloud.calls() == {"metadata": 3, "ecr": 1, "ecr-public": 0, "sts": 0, "registry": 0}
    assert cloud.log()[-1] == {
        "service": "ecr",
        "operation": "GetAuthorizationToken",
        "host": "127.0.0.1",
        "principal": INSTANCE,
        "status": 200,
    }
    cloud.forget()
    assert cloud.log() == []


def test_a_password_is_as_long_as_real_ones_and_holds_a_colon_where_told(cloud: Loopback) -> None:
    cloud.tell(colon=True)
    assert 1800 <= len(password()) <= 2702
    assert ":" in password()


@pytest.mark.usefixtures("cloud")
def test_a_named_registry_gets_an_element_of_its_own() -> None:
    data = client("ecr", "cn-north-1").get_authorization_token(registryIds=["210987654321"])
    [element] = data["authorizationData"]
    assert element["proxyEndpoint"] == "https://210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn"


def test_public_ecr_answers_in_one_region_only(cloud: Loopback) -> None:
    assert password("ecr-public", "us-east-1")
    assert failure("ecr-public", "us-west-2")[0] == "UnsupportedCommandException"
    assert cloud.calls()["ecr-public"] == 2


def test_a_denial_is_in_the_words_of_aws(cloud: Loopback) -> None:
    cloud.tell(policies={"app-role": False})
    assert failure("ecr") == ("AccessDeniedException", DENIED)
    cloud.tell(role="other-role")
    assert password()
    cloud.reset()
    assert password()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("deny", "AccessDeniedException"),
        ("throttle", "ThrottlingException"),
        ("throttle-429", "ThrottlingException"),
        ("fail", "ServerException"),
        ("expired", "ExpiredTokenException"),
        ("invalid", "UnrecognizedClientException"),
        ("skewed", "InvalidSignatureException"),
    ],
)
def test_what_ecr_is_told_to_refuse_reaches_the_client(cloud: Loopback, told: str, said: str) -> None:
    cloud.tell(ecr=told, ecr_public=told)
    assert failure("ecr")[0] == said
    assert failure("ecr-public", "us-east-1")[0] == said


@pytest.mark.parametrize("policy", recorded.DENIALS)
def test_a_denial_of_another_policy_is_in_its_recorded_words(cloud: Loopback, policy: str) -> None:
    cloud.tell(script={"ecr": recorded.DENIALS[policy]})
    code, message = failure("ecr")
    assert code == "AccessDeniedException"
    assert message.startswith(f"User: {INSTANCE} is not authorized to perform: ecr:GetAuthorizationToken")
    assert policy in message
    cloud.tell(script={})
    assert password()


def test_a_service_refuses_in_the_code_and_words_of_its_script(cloud: Loopback) -> None:
    cloud.tell(script={"ecr-public": {"code": "Odd", "status": 418, "message": "no tea"}, "sts": recorded.STS_DISABLED})
    assert failure("ecr-public", "us-east-1") == ("Odd", "no tea")
    with pytest.raises(ClientError, match="STS is not activated in this region") as caught:
        client("sts").get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "RegionDisabledException"
    assert password()


WEB_IDENTITY = "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::210987654321:role/a&RoleSessionName=session"


def test_a_service_that_drips_sends_a_byte_and_not_yet_the_rest(cloud: Loopback) -> None:
    cloud.tell(sts="drip")
    with contextlib.closing(connect(cloud)) as connection:
        connection.request("POST", "/", WEB_IDENTITY)
        answer = connection.getresponse()
        assert answer.read(1) == b"<"
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            answer.read()


def test_a_client_that_is_left_hanging_counts_and_is_let_go_at_the_end() -> None:
    with serve() as cloud, contextlib.closing(connect(cloud)) as connection:
        cloud.tell(sts="hang")
        connection.request("POST", "/", WEB_IDENTITY)
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            connection.sock.recv(1)
        assert cloud.calls()["sts"] == 1
        ends = connection.sock.dup()
    with ends:
        assert ends.recv(1) == b""


def test_an_answer_may_be_empty_or_no_answer_at_all(cloud: Loopback) -> None:
    cloud.tell(ecr="empty", ecr_public="portal", sts="garbled")
    assert client("ecr").get_authorization_token()["authorizationData"] == []
    assert "authorizationData" not in client("ecr-public", "us-east-1").get_authorization_token()
    with pytest.raises(ResponseParserError):
        client("sts").get_caller_identity()


def test_a_hanging_ecr_times_the_client_out(cloud: Loopback) -> None:
    cloud.tell(ecr="hang")
    with pytest.raises(ReadTimeoutError):
        client("ecr", read_timeout=0.5).get_authorization_token()


def test_an_unsigned_call_is_refused(cloud: Loopback) -> None:
    target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
    status, body = ask(cloud, "POST", "/", X_Amz_Target=target)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")


@pytest.mark.usefixtures("cloud")
def test_handed_out_keys_need_their_session_token() -> None:
    keys = instance_keys()
    told = failure("ecr", aws_access_key_id=keys.access_key, aws_secret_access_key=keys.secret_key)
    assert told[0] == "UnrecognizedClientException"


def test_keys_expire_and_rotate(cloud: Loopback, clock: list[float]) -> None:
    old = client("ecr")
    old.get_authorization_token()
    first = instance_keys().access_key
    assert instance_keys().access_key == first
    cloud.tell(rotate=True)
    assert instance_keys().access_key != first
    old.get_authorization_token()
    clock[0] += 21600
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        old.get_authorization_token()


def test_other_keys_are_users(cloud: Loopback) -> None:
    cloud.tell(users={"AKIANAMED": "arn:aws:iam::210987654321:user/named"}, policies={"AKIAOTHER": False})
    named = client("sts", aws_access_key_id="AKIANAMED", aws_secret_access_key="x")
    assert named.get_caller_identity()["Arn"] == "arn:aws:iam::210987654321:user/named"
    _, refused = failure("ecr", aws_access_key_id="AKIAOTHER", aws_secret_access_key="x")
    assert refused.startswith("User: arn:aws:iam::123456789012:user/AKIAOTHER is not authorized")


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("call", ["assume_role", "assume_role_with_web_identity"])
def test_an_assumed_role_is_who_calls_then(call: str) -> None:
    more = {"WebIdentityToken": "token"} if call == "assume_role_with_web_identity" else {}
    role = "arn:aws:iam::210987654321:role/path/build"
    keys = getattr(client("sts"), call)(RoleArn=role, RoleSessionName="session", **more)["Credentials"]
    assumed = client(
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ).get_caller_identity()
    assert assumed["Arn"] == "arn:aws:sts::210987654321:assumed-role/build/session"
    assert assumed["Account"] == "210987654321"


def test_sts_refuses_in_its_own_codes(cloud: Loopback) -> None:
    cloud.tell(sts="deny")
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*sts:GetCallerIdentity"):
        client("sts").get_caller_identity()


@pytest.mark.parametrize(
    ("told", "status"), [("on", 401), ("off", 403), ("refused-token", 401), ("hop-limit", 401), ("fail", 500)]
)
def test_metadata_gives_nothing_without_a_token(cloud: Loopback, told: str, status: int) -> None:
    cloud.tell(metadata=told)
    assert ask(cloud, "GET", ROLE)[0] == status


@pytest.mark.parametrize(
    ("told", "status"), [("no-role", 404), ("untrusted", 200), ("on", 200), ("off", 403), ("fail", 500)]
)
def test_metadata_answers_a_token_as_it_was_told(cloud: Loopback, told: str, status: int) -> None:
    token = ask(cloud, "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")[1]
    cloud.tell(metadata=told)
    assert ask(cloud, "GET", ROLE + "app-role", X_aws_ec2_metadata_token=token)[0] == status
    assert (botocore.session.Session().get_credentials() is not None) == (told == "on")


@pytest.mark.parametrize("told", ["silent", "hop-limit"])
def test_metadata_may_never_answer_the_first_question(cloud: Loopback, told: str) -> None:
    cloud.tell(metadata=told)
    with contextlib.closing(connect(cloud)) as connection:
        connection.request("PUT", "/latest/api/token", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        connection.sock.settimeout(0.2)
        with pytest.raises(socket.timeout):
            connection.sock.recv(1)


def test_the_log_holds_no_secret(cloud: Loopback) -> None:
    secret = password()
    keys = instance_keys()
    logged = json.dumps(cloud.log())
    assert [each for each in (secret, keys.secret_key, keys.token) if str(each) in logged] == []


@pytest.mark.parametrize(
    "changes", [{"nothing": 1}, {"ecr": "odd"}, {"delay": {"odd": 1}}, {"script": {"sts": {"code": 1}}}]
)
def test_what_cannot_be_told_is_an_error(cloud: Loopback, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"told|called|one of|for"):
        cloud.tell(**changes)


class Upstream(BaseHTTPRequestHandler):
    """A registry that tells what reached it."""

    def do_GET(self) -> None:
        self.tell(b"")

    def do_PATCH(self) -> None:
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        self.tell(b"".join(pieces))

    def tell(self, body: bytes) -> None:
        said = json.dumps([self.path, self.headers.get_all("Accept"), body.decode()]).encode()
        self.send_response(202)
        here = "{}:{}".format(*self.connection.getsockname())
        self.send_header("Location", f"http://{here}/v2/app/uploads/1?a=b")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def registry(cloud: Loopback) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        threading.Thread(target=upstream.serve_forever, args=(0.05,), daemon=True).start()
        cloud.registry = ("127.0.0.1", upstream.server_port)
        with listening(("127.0.0.1", 0), cloud, by_host) as port:
            yield f"127.0.0.1:{port}"
        upstream.shutdown()


def send(
    registry: str,
    method: str,
    path: str,
    *headers: tuple[str, str],
    host: str = REGISTRY,
    body: Iterator[bytes] | None = None,
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection(registry, timeout=5)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in [("Host", host), *headers]:
            connection.putheader(name, value)
        connection.endheaders(body, encode_chunked=body is not None)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def basic(secret: str) -> tuple[str, str]:
    return "Authorization", "Basic " + base64.b64encode(f"AWS:{secret}".encode()).decode()


def test_a_registry_asks_for_a_token_of_ecr(registry: str) -> None:
    status, headers, _ = send(registry, "GET", "/v2/")
    assert status == 401
    assert headers["Www-Authenticate"] == f'Basic realm="https://{REGISTRY}/",service="ecr.amazonaws.com"'


def test_a_token_opens_each_registry_of_its_region_and_no_other(cloud: Loopback, registry: str) -> None:
    token = basic(password(region="eu-west-1"))
    other_account = REGISTRY.replace("123456789012", "210987654321")
    assert send(registry, "GET", "/v2/", token, host=other_account)[0] == 202
    assert send(registry, "GET", "/v2/", token, host=REGISTRY.replace("west", "north"))[0] == 400
    assert send(registry, "GET", "/v2/", token, host="public.ecr.aws")[0] == 400
    assert [(call["principal"], call["status"]) for call in cloud.log()[-3:-1]] == [
        (INSTANCE, 202),
        (None, 400),
    ]


def test_an_expired_token_is_refused_in_the_words_of_ecr(clock: list[float], registry: str) -> None:
    token = basic(password())
    clock[0] += 43200
    status, _, body = send(registry, "GET", "/v2/", token)
    said = {
        "code": "DENIED",
        "message": "Your authorization token has expired. Reauthenticate and try again.",
    }
    assert (status, json.loads(body)) == (403, {"errors": [said]})


def test_a_request_reaches_the_registry_behind_as_it_was(registry: str) -> None:
    headers = [basic(password()), ("Accept", "one"), ("Accept", "two"), ("Transfer-Encoding", "chunked")]
    status, given, body = send(registry, "PATCH", "/v2/app/x?y=z", *headers, body=iter([b"big ", b"layer"]))
    assert (status, json.loads(body)) == (202, ["/v2/app/x?y=z", ["one", "two"], "big layer"])
    assert given["Location"] == f"https://{REGISTRY}/v2/app/uploads/1?a=b"


def test_public_ecr_lets_everybody_pull_and_nobody_push(registry: str) -> None:
    assert send(registry, "GET", "/v2/a/app/manifests/1", host="public.ecr.aws")[0] == 202
    assert send(registry, "PATCH", "/v2/a/app/blobs/uploads/1", host="public.ecr.aws")[0] == 401


def test_public_ecr_takes_a_token_in_exchange_for_a_bearer(clock: list[float], registry: str) -> None:
    token = basic(password("ecr-public", "us-east-1"))
    _, headers, _ = send(registry, "GET", "/v2/", host="public.ecr.aws")
    assert headers["Www-Authenticate"].startswith('Bearer realm="https://public.ecr.aws/token/"')
    _, _, body = send(registry, "GET", "/token/?scope=aws", token, host="public.ecr.aws")
    bearer = ("Authorization", "Bearer " + json.loads(body)["token"])
    assert send(registry, "GET", "/v2/", bearer, host="public.ecr.aws")[0] == 202
    clock[0] += 43200
    assert send(registry, "GET", "/token/?scope=aws", token, host="public.ecr.aws")[0] == 403


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", "ecr", "eu-west-1"),
        ("api.ecr-fips.us-east-1.amazonaws.com:443", "ecr", "us-east-1"),
        ("ecr-fips.us-gov-west-1.amazonaws.com", "ecr", "us-gov-west-1"),
        ("ecr.cn-north-1.api.amazonwebservices.com.cn", "ecr", "cn-north-1"),
        ("api.ecr-public.us-east-1.amazonaws.com", "ecr-public", "us-east-1"),
        ("ecr-public.us-east-1.api.aws", "ecr-public", "us-east-1"),
        ("sts.amazonaws.com", "sts", "us-east-1"),
        ("sts.eusc-de-east-1.amazonaws.eu", "sts", "eusc-de-east-1"),
        ("sts-fips.us-west-2.api.aws", "sts", "us-west-2"),
        ("123456789012.dkr-ecr-fips.us-west-2.on.aws", "registry", "us-west-2"),
        ("ecr-public.aws.com", "registry", "us-east-1"),
        ("example.com", "unknown", None),
    ],
)
def test_a_host_names_a_service(host: str, service: str, region: str | None) -> None:
    headers = http.client.HTTPMessage()
    headers["Host"] = host
    assert by_host("/", headers) == (service, region)


@contextlib.contextmanager
def program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the stand-in as a program; gives it and the port of its TLS side."""
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=x"
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key", "-out", "certificate"]
    subprocess.run([*request.split(), *more], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        metadata, tls = one.getsockname()[1], other.getsockname()[1]
    options = {
        "--metadata": f"127.0.0.1:{metadata}",
        "--tls": f"127.0.0.1:{tls}",
        "--registry": "127.0.0.1:1",
        "--certificate": str(folder / "certificate"),
        "--key": str(folder / "key"),
        "--control": str(folder / "control"),
    }
    command = [
        sys.executable,
        "-m",
        "tests.instance.services",
        *(part for pair in options.items() for part in pair),
    ]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env={}, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, tls
        finally:
            process.terminate()


def test_the_program_serves_others_while_a_client_stalls_and_ends_when_told(tmp_path: Path) -> None:
    with program(tmp_path) as (process, port):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        control = Control(str(tmp_path / "control"))
        control.tell(sts="expired")
        with pytest.raises(ValueError, match="odd"):
            control.tell(odd=1)
        with socket.create_connection(("127.0.0.1", port)):  # and no handshake
            trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate"))
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusted, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/v2/", headers={"Host": REGISTRY})
                assert connection.getresponse().status == 401
            assert control.calls()["registry"] == 1
            process.terminate()
            assert process.wait(5) == 0
    assert not (tmp_path / "control").exists()
