"""A helper that was there before keeps the logins of some hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, pull, seen
from tests.e2e.logins.people import FILE, holding, logged_in, login, may_pull
from tests.instance.elsewhere import BESIDE, REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance import Instance

OFFICE = "/usr/local/bin/docker-credential-office"
SAFE = f"{HOME}/.docker/office"
OFFICE_S = f"{BESIDE.server}/one:1"
OURS = f"{REGISTRY.server}/one:1"
SETTINGS = f'[[delegate]]\nhelper = "office"\nmatch = ["{BESIDE.server}"]\n'

KEEPS_ONE_LOGIN = f"""#!/bin/sh
case $1 in
  store) umask 077; cat > {SAFE} ;;
  get) cat {SAFE} 2>/dev/null || {{ echo credentials not found in native keychain; exit 1; }} ;;
  erase) rm -f {SAFE} ;;
  list) echo '{{}}' ;;
esac
"""
CLOSED = "#!/bin/sh\necho the office is closed\nexit 1\n"
LEADS_BACK = '#!/bin/sh\nexec docker-credential-ecr "$@"\n'


@pytest.fixture
def office(server: Instance) -> Iterator[Instance]:
    server.write("/etc/credhelper/config.toml", SETTINGS)
    server.write(OFFICE, KEEPS_ONE_LOGIN, 0o755)
    yield server
    server.must("remove the office", ["rm", OFFICE])


def test_a_delegate_keeps_the_logins_of_its_hosts_and_we_those_of_the_others(office: Instance) -> None:
    logged_in(office, BESIDE, "carol")
    logged_in(office, REGISTRY, "alice")
    assert may_pull(office, OFFICE_S)
    assert may_pull(office, OURS)
    assert holding(office, BESIDE.people["carol"]) == [SAFE]
    assert holding(office, REGISTRY.people["alice"]) == [f"{HOME}/{FILE}"]
    office.must("log out", ["docker", "logout", BESIDE.server])
    assert not may_pull(office, OFFICE_S)
    assert may_pull(office, OURS)


def test_what_a_delegate_says_is_what_docker_shows(office: Instance) -> None:
    office.write(OFFICE, CLOSED, 0o755)
    done = login(office, BESIDE, "carol")
    assert done.returncode == 1
    assert "the office is closed" in done.stderr


def test_a_delegate_that_leads_back_to_us_is_refused(office: Instance) -> None:
    office.write(OFFICE, LEADS_BACK, 0o755)
    done = login(office, BESIDE, "carol")
    assert done.returncode == 1
    assert "[delegate-loop]" in done.stderr
    pulled = pull(office, OFFICE_S)
    assert pulled.returncode != 0
    assert "[delegate-loop]" in seen(pulled)
