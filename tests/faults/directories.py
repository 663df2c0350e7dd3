"""A cache that cannot be written or belongs to another user, and missing homes: they cost speed and a line."""

from __future__ import annotations

from tests.faults.causes import do_nothing, run_get_with, run_script
from tests.faults.fault_setup import CACHE, CACHED, HOST, NEW, PROGRAM, Sandbox
from tests.faults.scenario import DUE, FRESH, NO_INITIAL_TOKEN, STALE, Fault, Scenario

UNCACHED = f"the token cannot be cached in {CACHE}"
NO_SPACE = "No space left on device"

_SMALL_DISK_SCRIPT = f"""
cp -a {CACHE} /tmp/kept
mount -t tmpfs -o mode=700,$1 tmpfs {CACHE}
cp -a /tmp/kept/. {CACHE}
"""
_FILL_SCRIPT = f"{_SMALL_DISK_SCRIPT}\ncat /dev/zero > {CACHE}/fill 2>/dev/null || :"
_USE_UP_INODES_SCRIPT = f"{_SMALL_DISK_SCRIPT}\nwhile touch {CACHE}/fill-$((number += 1)) 2>/dev/null; do :; done"
_READ_ONLY_SCRIPT = f"mount --bind {CACHE} {CACHE} && mount -o remount,bind,ro {CACHE}"
_FILE_SCRIPT = f"rm -r {CACHE} && echo mine > {CACHE}"
_OTHER_USER_SCRIPT = f"""
mv {CACHE} /home/ec2-user/cache
chown -R ec2-user: /home/ec2-user/cache
ln -s /home/ec2-user/cache {CACHE}
"""
_MODE_SCRIPT = f"chmod 0777 {CACHE}"


def replace_lock_with_directory(sandbox: Sandbox) -> None:
    """Replace the lock with a directory. Only the file of a recent failure shows the name of the lock."""
    sandbox.configure(ecr="deny")
    sandbox.run_get()
    sandbox.configure(ecr="ok")
    sandbox.run_script(f"cd {CACHE}; mkdir .lock-$(basename .failure-* | cut -d- -f2)-0")


def create_token_of_user(sandbox: Sandbox) -> None:
    sandbox.instance.check_output("pull as a user", [PROGRAM, "get"], input=HOST, user="ec2-user")


def has_no_background_refresh(sandbox: Sandbox) -> bool:
    return not sandbox.run_script(
        f"find {CACHE} -name '.refresh-*'; grep -ls -e '-[-]background' /proc/[0-9]*/cmdline || :"
    )


def has_no_leftovers(sandbox: Sandbox) -> bool:
    return not sandbox.run_script(f"find {CACHE} -name '.tmp-*' -o -name '.lock-*' -o -size 0 -name '*{HOST}*'")


def has_no_files_of_root(sandbox: Sandbox) -> bool:
    return not sandbox.run_script("find /home/ec2-user -user root")


def is_still_a_file(sandbox: Sandbox) -> bool:
    return sandbox.run_script(f"cat {CACHE}") == "mine\n"


FULL = Fault("the cache's disk is full, to the last byte", run_script(_FILL_SCRIPT, "size=64k"))
NO_INODES = Fault("the cache's disk is full, to the last inode", run_script(_USE_UP_INODES_SCRIPT, "nr_inodes=16"))
READ_ONLY = Fault("the cache is read-only", run_script(_READ_ONLY_SCRIPT))
CACHE_IS_FILE = Fault("the cache directory is a file", run_script(_FILE_SCRIPT))
OTHER_USERS_CACHE = Fault("the cache directory is a link to that of another user", run_script(_OTHER_USER_SCRIPT))
OPEN_TO_ALL = Fault("the cache directory has mode 0777", run_script(_MODE_SCRIPT))
LOCK = Fault("the lock is a directory", replace_lock_with_directory)
UNKNOWN_USER = Fault("a user without a name and without HOME, as in a container", do_nothing)
SUDO = Fault("root with a user's HOME, as under sudo", create_token_of_user)

SCENARIOS = (
    Scenario(FULL, NO_INITIAL_TOKEN, NEW, [UNCACHED, NO_SPACE], max_calls=1, check=has_no_leftovers),
    Scenario(FULL, FRESH, CACHED),
    Scenario(FULL, STALE, NEW, [UNCACHED, NO_SPACE], max_calls=1, check=has_no_leftovers),
    Scenario(NO_INODES, NO_INITIAL_TOKEN, NEW, [UNCACHED, NO_SPACE], max_calls=1, check=has_no_leftovers),
    Scenario(NO_INODES, STALE, NEW, [UNCACHED, NO_SPACE], max_calls=1, check=has_no_leftovers),
    Scenario(READ_ONLY, NO_INITIAL_TOKEN, NEW, [UNCACHED, "Read-only file system"], max_calls=1),
    Scenario(READ_ONLY, DUE, CACHED, check=has_no_background_refresh),
    Scenario(READ_ONLY, STALE, NEW, [UNCACHED, "Read-only file system"], max_calls=1),
    Scenario(
        CACHE_IS_FILE,
        NO_INITIAL_TOKEN,
        NEW,
        [UNCACHED, "Not a directory"],
        max_calls=1,
        check=is_still_a_file,
        in_suite=False,
    ),
    Scenario(
        OTHER_USERS_CACHE, FRESH, NEW, [UNCACHED, "belongs to another user"], max_calls=1, check=has_no_files_of_root
    ),
    Scenario(OPEN_TO_ALL, NO_INITIAL_TOKEN, NEW, [UNCACHED, "users can write to it"], max_calls=1, in_suite=False),
    Scenario(OPEN_TO_ALL, FRESH, CACHED, in_suite=False),
    Scenario(LOCK, NO_INITIAL_TOKEN, NEW, ["the cache cannot be locked: Is a directory"], max_calls=1),
    Scenario(
        *(UNKNOWN_USER, NO_INITIAL_TOKEN, NEW, ["the token is not cached", "HOME"]),
        max_calls=1,
        run=run_get_with("setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", "env", "-u", "HOME"),
    ),
    Scenario(
        *(SUDO, NO_INITIAL_TOKEN, NEW, ["/home/ec2-user/.cache/credhelper", "belongs to another user"]),
        max_calls=1,
        run=run_get_with("env", "HOME=/home/ec2-user"),
        check=has_no_files_of_root,
    ),
)
