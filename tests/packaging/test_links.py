"""Where `packaging/install.sh` puts the program: into folders that cron, sudo, services and people all look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.packaging.machine import AMAZON, DEBIAN, LINKS, PROGRAM, TARGET, UBUNTU, refusal

if TYPE_CHECKING:
    from tests.packaging.machine import Machine

CRON = "/usr/bin:/bin"  # Debian's and Ubuntu's
SUDO_OF_AMAZON = "/sbin:/bin:/usr/sbin:/usr/bin"


def targets(machine: Machine) -> list[str]:
    return [str(machine.path(link).readlink()) for link in LINKS]


@pytest.mark.parametrize("path", [CRON, SUDO_OF_AMAZON, "/usr/local/bin"])
def test_a_real_installation_is_found_by_name(installed: Machine, path: str) -> None:
    assert installed.answer_by_name(path).startswith(f"{PROGRAM} (credhelper)")


@pytest.mark.parametrize("distribution", [DEBIAN, UBUNTU, AMAZON])
def test_every_distribution_has_both_links(debian: Machine, distribution: str) -> None:
    debian.become(distribution)
    debian.install()
    assert targets(debian) == [TARGET, TARGET]


@pytest.mark.parametrize("missing", LINKS)
def test_an_upgrade_makes_the_link_that_an_older_installation_lacks(debian: Machine, missing: str) -> None:
    debian.install()
    debian.remove(missing)
    assert debian.install().returncode == 0
    assert targets(debian) == [TARGET, TARGET]


def test_an_upgrade_does_not_touch_the_links(debian: Machine) -> None:
    debian.install()
    look = ("stat", "--format=%i %Z", *LINKS)
    before = debian.run(*look).stdout
    debian.install(ask_release="2")
    assert debian.run(*look).stdout == before


def test_the_report_names_both_links(debian: Machine) -> None:
    assert f"commands:    {LINKS[0]} {LINKS[1]}\n" in debian.install().stdout


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("make", ["touch", "mkdir", "ln -s /bin/true", "ln -s /gone", "ln -s /opt"])
def test_what_somebody_else_put_in_a_link_s_place_is_refused(debian: Machine, make: str, link: str) -> None:
    debian.run("sh", "-c", f"{make} {link}")
    look = ("ls", "-ld", "--full-time", link)
    before = debian.run(*look).stdout
    expected = f"{link} exists, and this script did not make it: move it away and run this again."
    assert refusal(debian.install()) == expected
    assert (debian.run(*look).stdout, debian.path("/opt/credhelper").exists()) == (before, False)


def test_a_link_by_hand_that_leads_to_the_other_one_is_kept(debian: Machine) -> None:
    debian.run("ln", "-s", LINKS[0], LINKS[1])
    debian.install()
    assert targets(debian) == [TARGET, LINKS[0]]
    assert debian.answer_by_name(CRON) == "release 1\n"


def test_amazon_s_own_helper_is_no_obstacle(debian: Machine) -> None:
    debian.write("/usr/bin/docker-credential-ecr-login", "theirs", 0o755)
    assert debian.install().returncode == 0
    assert debian.path("/usr/bin/docker-credential-ecr-login").read_text() == "theirs"
