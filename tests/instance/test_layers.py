"""Machines over layers: what of the real machine they show, and that they leave it as it was. These need root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.instance.commands import StandInError
from tests.instance.image import ROOT, make_root
from tests.instance.layers import Bind, LayeredMachine

CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    make_root(tmp_path / "bare")
    return tmp_path / "bare"


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def start(tmp_path: Path, *layers: Path, name: str = "machine", binds: tuple[Bind, ...] = ()) -> LayeredMachine:
    return LayeredMachine.start(folder(tmp_path, name), layers, binds=binds)


def test_of_the_real_machine_only_the_distribution_is_seen(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare) as machine:
        seen = set(machine.must("look", ["find", "/", "-maxdepth", "1", "-type", "d", "-printf", "%f\n"]).split())
        local = machine.must("look", ["find", "/usr/local", "!", "-type", "d"])
    assert seen == {"/", "etc", "usr", "var", *ROOT}
    assert local == ""


def test_what_it_writes_is_in_its_layer_and_not_on_the_real_machine(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare) as machine:
        machine.write("/etc/written-by-a-test", "text")
        assert machine.read("/etc/written-by-a-test") == "text"
    assert (machine.folder / "layer/etc/written-by-a-test").read_text() == "text"
    assert not Path("/etc/written-by-a-test").exists()


def test_a_layer_can_be_started_from(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare, name="first") as first:
        first.write("/root/note", "from the first")
    with start(tmp_path, first.folder / "layer", bare, name="second") as second:
        assert second.read("/root/note") == "from the first"


def test_a_folder_that_is_shown_read_only_cannot_be_written(bare: Path, tmp_path: Path) -> None:
    shown = Bind(folder(tmp_path, "shown"), "/srv/shown")
    with start(tmp_path, bare, binds=(shown,)) as machine, pytest.raises(StandInError, match="Read-only file system"):
        machine.write("/srv/shown/file", "text")


def test_it_sees_no_process_of_the_real_machine(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare) as machine:
        assert machine.must("look", ["cat", "/proc/1/comm"]) == "sh\n"
        assert not machine.must("look", ["sh", "-c", f"test -e /proc/{os.getpid()} || true"])


def test_its_processes_see_only_its_control_groups(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare) as machine:
        groups = machine.must("look", ["cut", "-d:", "-f3", "/proc/self/cgroup"]).split()
    assert set(groups) <= {"/", "/processes"}


def test_its_control_groups_end_with_it(bare: Path, tmp_path: Path) -> None:
    with start(tmp_path, bare) as machine:
        groups = machine.group.folders
        assert all(group.exists() for group in groups)
    assert not any(group.exists() for group in groups)


def test_it_can_outlive_who_started_it_and_be_found_again(bare: Path, tmp_path: Path) -> None:
    place = folder(tmp_path, "machine")
    script = f"LayeredMachine.start(Path({str(place)!r}), [Path({str(bare)!r})], outlive=True)"
    imports = "from pathlib import Path; from tests.instance.layers import LayeredMachine"
    subprocess.run([sys.executable, "-c", f"{imports}; {script}"], cwd=CHECKOUT, check=True)
    found = LayeredMachine.attach(place)
    assert found.must("speak", ["echo", "still here"]) == "still here\n"
    found.end()
    with pytest.raises(StandInError, match="has ended"):
        LayeredMachine.attach(place)


def test_what_cannot_boot_says_why_and_leaves_nothing(bare: Path, tmp_path: Path) -> None:
    missing = Bind(tmp_path / "missing", "/srv")
    with pytest.raises(StandInError, match=r"could not boot the machine: `mount --bind .*missing"):
        start(tmp_path, bare, binds=(missing,))
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
