"""The first program of a machine: builds the root file system in new namespaces and becomes their init.

`unshare` starts this file by path, so it imports nothing from this package. Its one argument is a JSON object:
layers (directories, topmost first), directory (where the machine writes), binds (source, target, "ro" or "rw"),
outlive (whether the machine stays up after its caller exits).
Once the machine can be entered, the program prints its process ID as the caller sees it.
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

# The top-level directories of a system with a merged /usr; all others belong to the instance.
SYSTEM_DIRECTORIES = ("etc", "usr", "var")

# Major and minor numbers, from the kernel's admin-guide/devices.rst.
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}

OVERLAY_HINT = (
    "\nIs the folder outside of /etc, /usr and /var, and not on an overlay file system (a container's own root)?"
)

# The shell reaps every orphan that is reparented to it. `cat` ends, and the machine with it, when the process at
# the other end of our standard input exits.
RUN_UNTIL_CALLER_EXITS = "cat >/dev/null; exit"
RUN_FOREVER = "sleep infinity; exit"


def main(plan: dict[str, Any]) -> None:
    """Build the machine that the plan describes and become its init."""
    pid = Path("/proc/self").readlink()  # still the caller's /proc, so this is the PID that the caller sees
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
    """Run the mount command; exit with an error message if it fails."""
    result = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"`mount {' '.join(arguments)}` failed: {result.stderr.strip()}{hint}")


def mount_layers(directory: Path, layers: list[str]) -> Path:
    """Mount the root with overlays on the real machine's system directories, which stay unchanged, and return its path.

    One mount over `/` does not work: overlayfs rejects a layer that lies inside another one, and the layers are on
    the same disk as `/`.
    """
    root = directory / "root"
    root.mkdir()
    # A layer is later stacked on other mounts, so nothing in it may refer to the mount that it was made in.
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
    """Mount proc, sys, run and a dev that exposes none of the real machine's hardware."""
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
    """Create the devices and links that every program relies on."""
    for name, numbers in DEVICES.items():
        os.mknod(dev / name, stat.S_IFCHR, os.makedev(*numbers))
        (dev / name).chmod(0o666)
    for name, target in LINKS.items():
        (dev / name).symlink_to(target)


def find_control_group_mounts() -> list[tuple[str, list[str]]]:
    """Return the mount points of the real machine's control group hierarchies, each with its options for mount(8).

    proc_pid_mountinfo(5) describes the format of the lines. Of the mount options only the controllers matter;
    /proc/self/cgroup lists their names.
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
    """Mount the hierarchies at the same paths as on the real machine, because Docker looks there."""
    directory = root / "sys/fs/cgroup"
    if [mount_point for mount_point, _ in mounts] != ["/sys/fs/cgroup"]:
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(directory))
    for mount_point, options in mounts:
        target = f"{root}{mount_point}"
        Path(target).mkdir(exist_ok=True)
        mount(*options, "cgroup", target)


def bind(source: str, target: str, mode: str) -> None:
    """Bind-mount a directory of the real machine into the new root."""
    Path(target).mkdir(parents=True, exist_ok=True)
    mount("--bind", source, target)
    if mode == "ro":
        mount("-o", "remount,bind,ro", target)


def pivot_into(root: Path) -> None:
    """Make `root` the root directory and detach the old root."""
    os.chdir(root)
    subprocess.run(["pivot_root", ".", "mnt"], check=True)
    os.chdir("/")
    subprocess.run(["umount", "--lazy", "/mnt"], check=True)
    # Rootless podman requires shared propagation; systemd sets it at boot.
    mount("--make-rshared", "/")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
