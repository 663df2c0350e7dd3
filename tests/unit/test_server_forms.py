"""Server URLs of logins: which forms mean the same server, and the name of each form in a keyring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper.errors import HelperError
from credhelper.host import canonical_host
from credhelper.logins.server_forms import equivalence_key, equivalent_forms, normalize_form, service_name

FORMS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=300)
_SAFE_CHARACTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-._")


@pytest.mark.parametrize(
    "form",
    [
        *("ghcr.io", "GHCR.io", "https://ghcr.io", "http://ghcr.io", "HTTPS://ghcr.io/", "ghcr.io:443", "ghcr.io/"),
        *("https://ghcr.io/v1/", "https://ghcr.io/v2/", "ghcr.io/v2", "https://ghcr.io:443/v2/"),
    ],
)
def test_forms_of_one_server_have_the_same_key(form: str) -> None:
    assert equivalence_key(form) == "ghcr.io"


@pytest.mark.parametrize(
    "form",
    [
        *("ghcr.io:5000", "ghcr.io:80", "ghcr.io:4430", "ghcr.io/team", "ghcr.io.example", "xghcr.io", "ghcr.io/v3/"),
        *("https://ghcr.io/v1/access-token", "https://ghcr.io/v1/refresh-token", "ghcr.iov2"),
    ],
)
def test_forms_of_other_servers_have_other_keys(form: str) -> None:
    assert equivalence_key(form) != "ghcr.io"


@pytest.mark.parametrize("form", ["docker.io", "registry-1.docker.io", "https://index.docker.io/v1/"])
def test_docker_hub_has_one_login_under_the_names_that_docker_and_podman_use(form: str) -> None:
    assert equivalence_key(form) == "index.docker.io"


def test_the_three_logins_of_docker_hub_are_distinct() -> None:
    hub = "https://index.docker.io/v1/"
    assert (
        len({equivalence_key(hub), equivalence_key(f"{hub}access-token"), equivalence_key(f"{hub}refresh-token")}) == 3
    )


@given(FORMS)
def test_a_form_is_the_first_of_its_distinct_equivalent_forms(form: str) -> None:
    forms = list(equivalent_forms(form))
    assert forms[0] == form
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("form", ["ghcr.io", "https://index.docker.io/v1/", "registry.example.com:5000"])
def test_equivalent_forms_mean_the_same_server(form: str) -> None:
    assert {equivalence_key(equivalent) for equivalent in equivalent_forms(form)} >= {equivalence_key(form)}
    assert f"https://{equivalence_key(form)}" in equivalent_forms(form)


@given(FORMS)
def test_a_service_name_contains_only_characters_that_every_keyring_keeps(form: str) -> None:
    service = service_name(form)
    assert set(service) <= _SAFE_CHARACTERS
    assert len(service) < 200


@given(FORMS, FORMS)
def test_two_forms_have_two_service_names_even_in_a_keyring_that_folds_case(one: str, other: str) -> None:
    assert (service_name(one).lower() == service_name(other).lower()) == (one == other)


def normalize_or_get_id(server: str) -> str:
    """Return the normalized form, or the id of the error."""
    try:
        return normalize_form(server)
    except HelperError as error:
        return error.id


@given(st.text(max_size=200))
def test_any_text_is_a_form_or_a_helper_error(server: str) -> None:
    outcome = normalize_or_get_id(server)
    assert outcome in ("no-server", "bad-server") or (
        canonical_host(outcome.encode("ascii")) and outcome == server.strip()
    )


@pytest.mark.parametrize("server", ["ghcr.io\n", "  ghcr.io  ", "ghcr.io\r\n"])
def test_space_around_a_server_url_is_ignored(server: str) -> None:
    assert normalize_form(server) == "ghcr.io"
