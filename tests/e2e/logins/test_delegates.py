"""A helper that was there before keeps the logins of some hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import HOME, output_of, pull
from tests.e2e.logins.users import FILE, find_files_with, log_in, may_pull, run_login
from tests.fake_ec2.other_registries import REGISTRY, SECOND_REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fake_ec2 import Instance

OFFICE_HELPER = "/usr/local/bin/docker-credential-office"
OFFICE_FILE = f"{HOME}/.docker/office"
OFFICE_IMAGE = f"{SECOND_REGISTRY.server}/one:1"
OUR_IMAGE = f"{REGISTRY.server}/one:1"
SETTINGS = f'[[delegate]]\nhelper = "office"\nmatch = ["{SECOND_REGISTRY.server}"]\n'

OFFICE_SCRIPT = f"""#!/bin/sh
case $1 in
  store) umask 077; cat > {OFFICE_FILE} ;;
  get) cat {OFFICE_FILE} 2>/dev/null || {{ echo credentials not found in native keychain; exit 1; }} ;;
  erase) rm -f {OFFICE_FILE} ;;
  list) echo '{{}}' ;;
esac
"""
CLOSED_SCRIPT = "#!/bin/sh\necho the office is closed\nexit 1\n"
LOOP_SCRIPT = '#!/bin/sh\nexec docker-credential-ecr "$@"\n'


@pytest.fixture
def office(server: Instance) -> Iterator[Instance]:
    server.write("/etc/credhelper/config.toml", SETTINGS)
    server.write(OFFICE_HELPER, OFFICE_SCRIPT, 0o755)
    yield server
    server.check_output("remove the office", ["rm", OFFICE_HELPER])


def test_a_delegate_keeps_the_logins_of_its_hosts_and_we_those_of_the_others(office: Instance) -> None:
    log_in(office, SECOND_REGISTRY, "carol")
    log_in(office, REGISTRY, "alice")
    assert may_pull(office, OFFICE_IMAGE)
    assert may_pull(office, OUR_IMAGE)
    assert find_files_with(office, SECOND_REGISTRY.passwords["carol"]) == [OFFICE_FILE]
    assert find_files_with(office, REGISTRY.passwords["alice"]) == [f"{HOME}/{FILE}"]
    office.check_output("log out", ["docker", "logout", SECOND_REGISTRY.server])
    assert not may_pull(office, OFFICE_IMAGE)
    assert may_pull(office, OUR_IMAGE)


def test_what_a_delegate_prints_is_what_docker_shows(office: Instance) -> None:
    office.write(OFFICE_HELPER, CLOSED_SCRIPT, 0o755)
    result = run_login(office, SECOND_REGISTRY, "carol")
    assert result.returncode == 1
    assert "the office is closed" in result.stderr


def test_a_delegate_that_leads_back_to_us_is_refused(office: Instance) -> None:
    office.write(OFFICE_HELPER, LOOP_SCRIPT, 0o755)
    result = run_login(office, SECOND_REGISTRY, "carol")
    assert result.returncode == 1
    assert "explain delegate-loop" in result.stderr
    pull_result = pull(office, OFFICE_IMAGE)
    assert pull_result.returncode != 0
    assert "explain delegate-loop" in output_of(pull_result)
