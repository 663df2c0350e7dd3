"""Variables: which are stored as text, which as a salted digest, and which not at all."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import botocore
import pytest
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from hypothesis import given
from hypothesis import strategies as st

from credhelper import entry, fingerprint
from credhelper.clock import Instant
from credhelper.entry import CacheEntry, Lifetime

HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
CANARY = "canary-7f3a"
LIFETIME = Lifetime(Instant(1_800_000_000, b"boot", 5_000), 300, 600, 600, 1200)

# Variables that botocore reads, and that may hold a secret and may select an identity.
CONFIDENTIAL = {
    *("AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_LAMBDA_FUNCTION_NAME"),
    *("AWS_CSM_CLIENT_ID", "AWS_CSM_ENABLED", "AWS_CSM_HOST", "AWS_CSM_PORT", "AWS_SDK_UA_APP_ID"),
    *("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", "AWS_S3_USE_ARN_REGION"),
    *("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER"),
    "BOTO_EXPERIMENTAL__NO_EMPTY_CONTINUE",
}
URLS = {
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECR", "AWS_ENDPOINT_URL_STS", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("AWS_EC2_METADATA_SERVICE_ENDPOINT", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy"),
}
IGNORED = {
    *("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
    *("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_EXECUTION_ENV"),
}
SECRET = [
    *("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CLIENT_SECRET"),
    *("AWS_BEARER_TOKEN_BEDROCK", "AWS_VAULT_FILE_PASSPHRASE", "AWS_VAULT_KEYCHAIN_PASSWORD", "AWS_PASSWD"),
    *("AWS_MFA_CODE", "AWS_MFA_TOKEN", "AWS_MFA", "AWS_TOKEN_CODE", "AWS_OTP", "AWS_VAULT_TOTP", "AWS_PIN"),
    *("AWS_DB_PASS", "AWS_PWD", "AWS_PASSCODE", "BOTO_PASSWORD", "CREDHELPER_SECRET", "AWS_vault_passphrase"),
]


def list_botocore_variables() -> set[str]:
    """Return the variables in the table and in the source of the installed botocore."""
    tables = (row[1] for row in BOTOCORE_DEFAUT_SESSION_VARIABLES.values())
    names = {name for row in tables for name in ([row] if isinstance(row, str) else row or ())}
    for path in Path(botocore.__file__).parent.glob("*.py"):
        matches = re.findall(r"""['"]((?:AWS_|BOTO(?:CORE)?_|REQUESTS_)[A-Z0-9_]+)['"]""", path.read_text("utf-8"))
        names.update(matches)
    return names


def classify(name: str) -> str:
    """Return the list that a variable is in, by how its value is stored."""
    text, confidential = fingerprint.read_variables({name: CANARY})
    return "text" if text else "confidential" if confidential else "ignored"


def serialize_entry(environ: dict[str, str]) -> bytes:
    text, confidential = fingerprint.read_variables(environ)
    return entry.serialize(HOST, text, CacheEntry(LIFETIME, (), 0, b"answer\n"), confidential=confidential)


def is_answered(data: bytes, environ: dict[str, str]) -> bool:
    return entry.parse(data, HOST, fingerprint.selecting_variables(environ), environ) is not None


def test_each_variable_that_botocore_reads_is_in_a_list_and_an_unknown_one_is_confidential() -> None:
    classes = {name: classify(name) for name in list_botocore_variables()}
    assert {name for name, list_ in classes.items() if list_ == "ignored"} <= IGNORED
    confidential = {name for name, list_ in classes.items() if list_ == "confidential"}
    assert (CONFIDENTIAL | URLS) & set(classes) <= confidential
    assert "AWS_PROFILE" in classes
    assert "AWS_CONFIG_FILE" in classes


def test_no_variable_with_the_name_of_a_secret_is_stored_as_text() -> None:
    secret_name_pattern = re.compile(
        r"SECRET|PASS|TOKEN(?!_FILE)|CODE|_URL|_URI|SERVICE_ENDPOINT$|KEY(?!_ID)|CREDENTIALS"
    )
    names = {name for name in list_botocore_variables() if secret_name_pattern.search(name)} - {
        "AWS_SHARED_CREDENTIALS_FILE"
    }
    names -= {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}
    assert {name for name in names if classify(name) == "text"} == set()


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_is_stored_in_no_form(name: str) -> None:
    assert fingerprint.read_variables({name: CANARY}) == (b"", b"")


@pytest.mark.parametrize("name", ["AWS_SSO_ACCESS_TOKEN", "AWS_SOMETHING_NEW", "BOTO_NEW", "CREDHELPER_NEW", "AWS_X"])
def test_an_unknown_variable_is_confidential(name: str) -> None:
    assert classify(name) == "confidential"


@pytest.mark.parametrize("name", sorted(URLS))
@pytest.mark.parametrize("url", ["", "http://host", "https://host:8080/", "http://[::1]:80", "https://A.b-c_d:1"])
def test_a_url_with_only_a_host_is_stored_as_text(name: str, url: str) -> None:
    assert fingerprint.read_variables({name: url})[1] == b""


@pytest.mark.parametrize("name", sorted(URLS))
@pytest.mark.parametrize(
    "url",
    [
        *("http://user@host", f"http://user:{CANARY}@host", f"http://host/{CANARY}", f"http://host?{CANARY}"),
        *(f"http://host#{CANARY}", f"{CANARY}@host", CANARY, f"host/{CANARY}", f"http://user:{CANARY}/x@host"),
        *(f"http:{CANARY}", f"//{CANARY}@host", f"http://host\\{CANARY}", f"http://host {CANARY}"),
        *(f"http://host;{CANARY}", f"http://host%2f{CANARY}@x", f"socks5://user:{CANARY}@host", f"http:///{CANARY}"),
    ],
)
def test_any_other_url_is_confidential(name: str, url: str) -> None:
    text, confidential = fingerprint.read_variables({name: url})
    assert text == b""
    assert confidential


@given(st.text(st.characters(exclude_characters="\0=")), st.text(st.characters(exclude_characters="\0")))
def test_an_entry_answers_only_if_the_variable_has_the_same_value(suffix: str, value: str) -> None:
    environ = {f"AWS_ENDPOINT_URL{suffix}": value}
    data = serialize_entry(environ)
    assert is_answered(data, environ)
    assert not is_answered(data, {})
    assert not is_answered(data, {f"AWS_ENDPOINT_URL{suffix}": f"{value}x"})


environments = st.dictionaries(
    st.sampled_from(sorted(CONFIDENTIAL | URLS | {"AWS_PROFILE", "AWS_NEW", "AWS_SSO_ACCESS_TOKEN"})),
    st.sampled_from(["", "a", "b", "http://a", "http://b", "http://a/a", "http://a/b", "http://a:b@c"]),
)


@given(environments, environments)
def test_two_identities_share_no_answer(one: dict[str, str], two: dict[str, str]) -> None:
    assert is_answered(serialize_entry(one), two) == (one == two)


def test_an_entry_without_confidential_variables_does_not_answer_if_one_is_set() -> None:
    assert not is_answered(serialize_entry({}), {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"})


def test_an_entry_does_not_answer_if_its_confidential_variable_is_not_set() -> None:
    assert not is_answered(serialize_entry({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}), {})


def test_two_entries_of_one_variable_have_two_digests() -> None:
    environ = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}
    assert serialize_entry(environ) != serialize_entry(environ)
    assert is_answered(serialize_entry(environ), environ)


@pytest.mark.parametrize("name", ["AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY"])
def test_the_name_of_an_entry_does_not_depend_on_a_secret(name: str) -> None:
    names = {
        entry.file_name(HOST, fingerprint.selecting_variables({name: f"http://host/{secret}"}))
        for secret in ("one", "two")
    }
    assert len(names) == 1


@pytest.mark.parametrize("missing", [ImportError, ValueError])
def test_without_blake2_an_entry_with_a_digest_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, missing: type[Exception]
) -> None:
    environ = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "one"}
    data = serialize_entry(environ)
    disable_blake2(monkeypatch, missing)
    assert not is_answered(data, environ)
    assert not is_answered(serialize_entry(environ), environ)
    assert not is_answered(serialize_entry(environ), {})


def test_without_blake2_an_entry_without_a_digest_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    disable_blake2(monkeypatch, ImportError)
    assert is_answered(serialize_entry({"AWS_PROFILE": "one"}), {"AWS_PROFILE": "one"})


def disable_blake2(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    """Simulate a build without the module, or one in FIPS mode, whose function raises `error`."""

    class Refusing:
        def blake2b(self, *_: object, **__: object) -> object:
            raise error

    monkeypatch.setitem(sys.modules, "_blake2", None if error is ImportError else Refusing())


@given(st.binary(), st.binary())
def test_arbitrary_bytes_are_not_a_digest(salted: bytes, text: bytes) -> None:
    assert fingerprint.is_digest_of(salted, text) == (not text and salted == b"-")
