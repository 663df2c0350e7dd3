"""A cache that cannot be written, or is not ours, and homes that are none: it costs speed and a line."""

from __future__ import annotations

from tests.faults.causes import by, nothing, ran
from tests.faults.scene import DUE, FRESH, NOTHING, STALE, Fault, Scene
from tests.faults.stage import AT_HAND, CACHE, HOST, NEW, PROGRAM, Stage

UNCACHED = f"the token cannot be cached in {CACHE}"
NO_SPACE = "No space left on device"

_SMALL = f"""
cp -a {CACHE} /tmp/kept
mount -t tmpfs -o mode=700,$1 tmpfs {CACHE}
cp -a /tmp/kept/. {CACHE}
"""
_FILL = f"{_SMALL}\ncat /dev/zero > {CACHE}/fill 2>/dev/null || :"
_USE_UP = f"{_SMALL}\nwhile touch {CACHE}/fill-$((number += 1)) 2>/dev/null; do :; done"
_READ_ONLY = f"mount --bind {CACHE} {CACHE} && mount -o remount,bind,ro {CACHE}"
_A_FILE = f"rm -r {CACHE} && echo mine > {CACHE}"
_ANOTHER_S = f"""
mv {CACHE} /home/ec2-user/cache
chown -R ec2-user: /home/ec2-user/cache
ln -s /home/ec2-user/cache {CACHE}
"""
_MODE = f"chmod 0777 {CACHE}"


def lock_is_a_folder(stage: Stage) -> None:
    """Only a failure that is shared tells how the lock is called."""
    stage.tell(ecr="deny")
    stage.get()
    stage.tell(ecr="ok")
    stage.sh(f"cd {CACHE}; mkdir .lock-$(basename .setback-* | cut -d- -f2)-0")


def user_has_a_token(stage: Stage) -> None:
    stage.instance.must("pull as a user", [PROGRAM, "get"], input=HOST, user="ec2-user")


def nothing_left_behind(stage: Stage) -> bool:
    return not stage.sh(f"find {CACHE} -name '.behind-*'; grep -ls -e '-[-]behind' /proc/[0-9]*/cmdline || :")


def no_litter(stage: Stage) -> bool:
    return not stage.sh(f"find {CACHE} -name '.tmp-*' -o -name '.lock-*' -o -size 0 -name '*{HOST}*'")


def nothing_of_root_s(stage: Stage) -> bool:
    return not stage.sh("find /home/ec2-user -user root")


def still_a_file(stage: Stage) -> bool:
    return stage.sh(f"cat {CACHE}") == "mine\n"


FULL = Fault("the cache's disk is full, to the last byte", ran(_FILL, "size=64k"))
NO_INODES = Fault("the cache's disk is full, to the last inode", ran(_USE_UP, "nr_inodes=16"))
READ_ONLY = Fault("the cache is read-only", ran(_READ_ONLY))
A_FILE = Fault("the cache's folder is a file", ran(_A_FILE))
ANOTHER_S = Fault("the cache's folder is a link to another user's", ran(_ANOTHER_S))
OPEN_TO_ALL = Fault("the cache's folder has mode 0777", ran(_MODE))
LOCK = Fault("the lock is a folder", lock_is_a_folder)
NOBODY = Fault("a user without a name and without HOME, as in a container", nothing)
SUDO = Fault("root with a user's HOME, as under sudo", user_has_a_token)

SCENES = (
    Scene(FULL, NOTHING, NEW, [UNCACHED, NO_SPACE], calls=1, holds=no_litter),
    Scene(FULL, FRESH, AT_HAND),
    Scene(FULL, STALE, NEW, [UNCACHED, NO_SPACE], calls=1, holds=no_litter),
    Scene(NO_INODES, NOTHING, NEW, [UNCACHED, NO_SPACE], calls=1, holds=no_litter),
    Scene(NO_INODES, STALE, NEW, [UNCACHED, NO_SPACE], calls=1, holds=no_litter),
    Scene(READ_ONLY, NOTHING, NEW, [UNCACHED, "Read-only file system"], calls=1),
    Scene(READ_ONLY, DUE, AT_HAND, holds=nothing_left_behind),
    Scene(READ_ONLY, STALE, NEW, [UNCACHED, "Read-only file system"], calls=1),
    Scene(A_FILE, NOTHING, NEW, [UNCACHED, "Not a directory"], calls=1, holds=still_a_file, suite=False),
    Scene(ANOTHER_S, FRESH, NEW, [UNCACHED, "belongs to another user"], calls=1, holds=nothing_of_root_s),
    Scene(OPEN_TO_ALL, NOTHING, NEW, [UNCACHED, "others may write in it"], calls=1, suite=False),
    Scene(OPEN_TO_ALL, FRESH, AT_HAND, suite=False),
    Scene(LOCK, NOTHING, NEW, ["there is no lock in the cache: Is a directory"], calls=1),
    Scene(
        *(NOBODY, NOTHING, NEW, ["the token is not cached", "HOME"]),
        calls=1,
        get=by("setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", "env", "-u", "HOME"),
    ),
    Scene(
        *(SUDO, NOTHING, NEW, ["/home/ec2-user/.cache/credhelper", "belongs to another user"]),
        calls=1,
        get=by("env", "HOME=/home/ec2-user"),
        holds=nothing_of_root_s,
    ),
)
