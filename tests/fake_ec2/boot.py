"""The first program of a machine: in namespaces just made it builds the root file system and becomes its init.

`unshare` starts it by path, so it imports nothing of this package. Its one argument is a JSON object:
layers (folders, the topmost first), directory (where the machine writes), binds (source, target, "ro" or "rw"),
outlive (whether it stays when its caller ends).
It prints its process id as the caller sees it, when the machine can be entered.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

# The directories of a system whose /usr is merged; the others are an instance's own.
SYSTEM_DIRECTORIES = ("etc", "usr", "var")

# Major and minor numbers: admin-guide/devices.rst of the kernel.
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}

OVERLAY_HINT = (
    "\nIs the folder outside of /etc, /usr and /var, and not on an overlay file system (a container's own root)?"
)

# The shell waits for every orphan that falls to it. `cat` ends when whoever holds the other end of our standard
# input does, and the machine with it.
RUN_UNTIL_CALLER_EXITS = "cat >/dev/null; exit"
RUN_FOREVER = "sleep infinity; exit"


def main(plan: dict[str, Any]) -> None:
    """Build what the plan says and become the machine's init."""
    pid = Path("/proc/self").readlink()  # the caller's /proc still, so the caller's number
    hierarchies = find_control_group_mounts()
    root = mount_layers(Path(plan["directory"]), plan["layers"])
    mount_kernel_file_systems(root)
    mount_control_groups(root, hierarchies)
    for source, target, mode in plan["binds"]:
        bind(source, f"{root}{target}", mode)
    socket.sethostname("instance")
    pivot_into(root)
    sys.stdout.write(f"{pid}\n")
    sys.stdout.flush()
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    os.execv("/bin/sh", ["sh", "-c", RUN_FOREVER if plan["outlive"] else RUN_UNTIL_CALLER_EXITS])  # noqa: S606 (the init)


def mount(*arguments: str, hint: str = "") -> None:
    """Call the mount command, and end with a sentence where it fails."""
    result = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"`mount {' '.join(arguments)}` failed: {result.stderr.strip()}{hint}")


def mount_layers(directory: Path, layers: list[str]) -> Path:
    """Mount and give the root, and what of it lies over the real machine's own: that stays untouched below.

    Not one mount over `/`: overlayfs takes no layer that lies inside another one, and ours lie on the same disk.
    """
    root = directory / "root"
    root.mkdir()
    # A layer is stacked elsewhere later: nothing in it may refer to the mount that it was made in.
    features = "redirect_dir=off,index=off,metacopy=off"
    for name in ("", *SYSTEM_DIRECTORIES):
        upper, work = directory / "layer" / name, directory / "work" / (name or "root")
        upper.mkdir(parents=True)
        work.mkdir(parents=True)
        lower = ":".join(str(Path(layer, name)) for layer in [*layers, *(["/"] if name else [])])
        options = f"lowerdir={lower},upperdir={upper},workdir={work},{features}"
        mount("-t", "overlay", "overlay", "-o", options, str(root / name), hint=OVERLAY_HINT)
    return root


def mount_kernel_file_systems(root: Path) -> None:
    """Mount proc, sys, run and a dev with nothing of the real machine's hardware in it."""
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("-t", "sysfs", "sysfs", f"{root}/sys")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", f"{root}/run")
    dev = root / "dev"
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(dev))
    make_devices(dev)
    (dev / "pts").mkdir()
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=666,mode=620,gid=5", "devpts", f"{dev}/pts")
    (dev / "shm").mkdir()
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", f"{dev}/shm")


def make_devices(dev: Path) -> None:
    """Make the devices and links that every program may count on."""
    for name, numbers in DEVICES.items():
        os.mknod(dev / name, stat.S_IFCHR, os.makedev(*numbers))
        (dev / name).chmod(0o666)
    for name, target in LINKS.items():
        (dev / name).symlink_to(target)


def find_control_group_mounts() -> list[tuple[str, list[str]]]:
    """Give where the real machine has its hierarchies mounted, and how mount(8) is told to do the same.

    The lines' form is in proc_pid_mountinfo(5); of a mount's options only the controllers matter, and
    /proc/self/cgroup knows which words those are.
    """
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    controllers = {name for line in lines for name in line.split(":")[1].split(",")}
    mounts = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount_fields, filesystem_fields = line.split(" - ")
        kind, _, options = filesystem_fields.split()
        mount_point = mount_fields.split()[4]
        if kind == "cgroup2":
            mounts.append((mount_point, ["-t", kind]))
        elif kind == "cgroup":
            mounts.append((mount_point, ["-t", kind, "-o", ",".join(controllers & {*options.split(",")})]))
    return mounts


def mount_control_groups(root: Path, mounts: list[tuple[str, list[str]]]) -> None:
    """Mount the hierarchies in the machine where they are in the real one: Docker looks there."""
    directory = root / "sys/fs/cgroup"
    if [mount_point for mount_point, _ in mounts] != ["/sys/fs/cgroup"]:
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(directory))
    for mount_point, options in mounts:
        target = f"{root}{mount_point}"
        Path(target).mkdir(exist_ok=True)
        mount(*options, "cgroup", target)


def bind(source: str, target: str, mode: str) -> None:
    """Show a folder of the real machine in the new root."""
    Path(target).mkdir(parents=True, exist_ok=True)
    mount("--bind", source, target)
    if mode == "ro":
        mount("-o", "remount,bind,ro", target)


def pivot_into(root: Path) -> None:
    """Make root the root, and let go of the old one."""
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "mnt"], check=True)
    os.chdir("/")
    subprocess.run(["umount", "--lazy", "/mnt"], check=True)
    # As systemd does at boot: rootless podman asks for it.
    mount("--make-rshared", "/")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
