"""Where `packaging/install.sh` puts the program: into folders that cron, sudo, services and people all look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.packaging.machine import AMAZON, DEBIAN, LINKS, PROGRAM, TARGET, UBUNTU, parse_error

if TYPE_CHECKING:
    from tests.packaging.machine import Machine

CRON_PATH = "/usr/bin:/bin"  # Debian's and Ubuntu's
AMAZON_SUDO_PATH = "/sbin:/bin:/usr/sbin:/usr/bin"


def read_link_targets(machine: Machine) -> list[str]:
    return [str(machine.path_of(link).readlink()) for link in LINKS]


@pytest.mark.parametrize("path", [CRON_PATH, AMAZON_SUDO_PATH, "/usr/local/bin"])
def test_a_real_installation_is_found_by_name(installed_machine: Machine, path: str) -> None:
    assert installed_machine.run_version_by_name(path).startswith(f"{PROGRAM} (credhelper)")


@pytest.mark.parametrize("distribution", [DEBIAN, UBUNTU, AMAZON])
def test_every_distribution_has_both_links(debian: Machine, distribution: str) -> None:
    debian.imitate(distribution)
    debian.install()
    assert read_link_targets(debian) == [TARGET, TARGET]


@pytest.mark.parametrize("missing", LINKS)
def test_an_upgrade_makes_the_link_that_an_older_installation_lacks(debian: Machine, missing: str) -> None:
    debian.install()
    debian.remove(missing)
    assert debian.install().returncode == 0
    assert read_link_targets(debian) == [TARGET, TARGET]


def test_an_upgrade_does_not_touch_the_links(debian: Machine) -> None:
    debian.install()
    list_command = ("stat", "--format=%i %Z", *LINKS)
    listing_before = debian.run(*list_command).stdout
    debian.install(ask_release="2")
    assert debian.run(*list_command).stdout == listing_before


def test_the_report_names_both_links(debian: Machine) -> None:
    assert f"commands:    {LINKS[0]} {LINKS[1]}\n" in debian.install().stdout


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("command", ["touch", "mkdir", "ln -s /bin/true", "ln -s /gone", "ln -s /opt"])
def test_a_foreign_file_in_the_place_of_a_link_is_refused(debian: Machine, command: str, link: str) -> None:
    debian.run("sh", "-c", f"{command} {link}")
    list_command = ("ls", "-ld", "--full-time", link)
    listing_before = debian.run(*list_command).stdout
    expected = f"{link} exists, and this script did not make it: move it away and run this again."
    assert parse_error(debian.install()) == expected
    assert (debian.run(*list_command).stdout, debian.path_of("/opt/credhelper").exists()) == (listing_before, False)


def test_a_link_by_hand_that_leads_to_the_other_one_is_kept(debian: Machine) -> None:
    debian.run("ln", "-s", LINKS[0], LINKS[1])
    debian.install()
    assert read_link_targets(debian) == [TARGET, LINKS[0]]
    assert debian.run_version_by_name(CRON_PATH) == "release 1\n"


def test_the_helper_of_amazon_is_no_obstacle(debian: Machine) -> None:
    debian.write("/usr/bin/docker-credential-ecr-login", "theirs", 0o755)
    assert debian.install().returncode == 0
    assert debian.path_of("/usr/bin/docker-credential-ecr-login").read_text() == "theirs"
