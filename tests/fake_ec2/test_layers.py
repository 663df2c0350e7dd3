"""Machines over layers: what they show of the real machine, and that they do not change it (needs root)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.image import ROOT_DIRECTORIES, make_root
from tests.fake_ec2.layers import Bind, LayeredMachine

CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def bare_layer(tmp_path: Path) -> Path:
    make_root(tmp_path / "bare")
    return tmp_path / "bare"


def make_directory(tmp_path: Path, name: str) -> Path:
    directory = tmp_path / name
    directory.mkdir()
    return directory


def start_machine(tmp_path: Path, *layers: Path, name: str = "machine", binds: tuple[Bind, ...] = ()) -> LayeredMachine:
    return LayeredMachine.start(make_directory(tmp_path, name), layers, binds=binds)


def test_only_the_distribution_of_the_real_machine_is_visible(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer) as machine:
        directories = set(
            machine.check_output("look", ["find", "/", "-maxdepth", "1", "-type", "d", "-printf", "%f\n"]).split()
        )
        local = machine.check_output("look", ["find", "/usr/local", "!", "-type", "d"])
    assert directories == {"/", "etc", "usr", "var", *ROOT_DIRECTORIES}
    assert local == ""


def test_a_write_goes_to_the_layer_and_not_to_the_real_machine(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer) as machine:
        machine.write("/etc/written-by-a-test", "text")
        assert machine.read("/etc/written-by-a-test") == "text"
    assert (machine.directory / "layer/etc/written-by-a-test").read_text() == "text"
    assert not Path("/etc/written-by-a-test").exists()


def test_a_machine_can_start_from_the_layer_of_another(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer, name="first") as first:
        first.write("/root/note", "from the first")
    with start_machine(tmp_path, first.directory / "layer", bare_layer, name="second") as second:
        assert second.read("/root/note") == "from the first"


def test_a_read_only_bind_cannot_be_written(bare_layer: Path, tmp_path: Path) -> None:
    bind = Bind(make_directory(tmp_path, "shown"), "/srv/shown")
    with (
        start_machine(tmp_path, bare_layer, binds=(bind,)) as machine,
        pytest.raises(StandInError, match="Read-only file system"),
    ):
        machine.write("/srv/shown/file", "text")


def test_the_machine_sees_no_process_of_the_real_machine(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer) as machine:
        assert machine.check_output("look", ["cat", "/proc/1/comm"]) == "sh\n"
        assert not machine.check_output("look", ["sh", "-c", f"test -e /proc/{os.getpid()} || true"])


def test_its_processes_see_only_its_control_groups(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer) as machine:
        groups = machine.check_output("look", ["cut", "-d:", "-f3", "/proc/self/cgroup"]).split()
    assert set(groups) <= {"/", "/processes"}


def test_its_control_groups_end_with_it(bare_layer: Path, tmp_path: Path) -> None:
    with start_machine(tmp_path, bare_layer) as machine:
        groups = machine.group.directories
        assert all(group.exists() for group in groups)
    assert not any(group.exists() for group in groups)


def test_it_can_outlive_the_process_that_started_it_and_be_found_again(bare_layer: Path, tmp_path: Path) -> None:
    directory = make_directory(tmp_path, "machine")
    script = f"LayeredMachine.start(Path({str(directory)!r}), [Path({str(bare_layer)!r})], outlive=True)"
    imports = "from pathlib import Path; from tests.fake_ec2.layers import LayeredMachine"
    subprocess.run([sys.executable, "-c", f"{imports}; {script}"], cwd=CHECKOUT, check=True)
    machine = LayeredMachine.attach(directory)
    assert machine.check_output("speak", ["echo", "still here"]) == "still here\n"
    machine.end()
    with pytest.raises(StandInError, match="has ended"):
        LayeredMachine.attach(directory)


def test_a_failed_boot_reports_the_cause_and_leaves_nothing(bare_layer: Path, tmp_path: Path) -> None:
    missing = Bind(tmp_path / "missing", "/srv")
    with pytest.raises(StandInError, match=r"could not boot the machine: `mount --bind .*missing"):
        start_machine(tmp_path, bare_layer, binds=(missing,))
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
