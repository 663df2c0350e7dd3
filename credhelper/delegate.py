"""Another helper of Docker's, to which hosts are passed on that are not ECR's: osxkeychain, secretservice, pass, gcr.

What it was sent and what it says go through as they are, its exit status too; its standard error is the person's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from credhelper.errors import NOT_FOUND, HelperError
from credhelper.run import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

GUARD = "CREDHELPER_DELEGATE"  # in the environment of who was asked by us


def ask(helper: str, verb: str, given: bytes, environ: Mapping[str, str]) -> Reply:
    """Ask docker-credential-`helper`, and give its reply.

    Raises HelperError: "delegate-loop", "delegate-missing", "delegate-failed".
    """
    program = _program(helper, environ)
    # Not a pipe: whom the program leaves behind with its output open, an agent say, nobody has to wait for.
    with open(os.memfd_create("answer"), "w+b") if hasattr(os, "memfd_create") else TemporaryFile() as output:
        try:
            status = subprocess.run(  # noqa: S603  (a name that the settings, which are trusted, give)
                [program, verb], input=given, stdout=output, env={**environ, GUARD: helper}, cwd="/", check=False
            ).returncode
        except OSError as error:
            raise _failed(program, f"could not be started: {error.strerror}") from error
        output.seek(0)
        answer = output.read()
    if status < 0:
        raise _failed(program, f"was ended by signal {-status}")
    if verb == "get" and status == 0 and _is_nobody(answer):
        return Reply(1, f"{NOT_FOUND}\n".encode())
    return Reply(status, answer)


def listed(helper: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Give {server: user name} of each login that a helper has. Raises HelperError."""
    reply = ask(helper, "list", b"unused", environ)
    try:
        found = json.loads(reply.answer) if reply.status == 0 else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _failed(f"docker-credential-{helper}", "cannot list its logins")
    return {server: user for server, user in found.items() if server and isinstance(user, str)}


def _program(helper: str, environ: Mapping[str, str]) -> str:
    name = f"docker-credential-{helper}"
    if environ.get(GUARD):
        raise HelperError(
            "delegate-loop",
            f"docker-credential-{ascii(environ[GUARD])[1:-1]} was asked by this helper, and asks it again",
            f"in the settings, name another helper than {helper} under [[delegate]]",
        )
    # Nothing of the working folder: a build runs in a checkout that strangers wrote.
    folders = [folder for folder in environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if not folders or found is None:
        raise HelperError(
            "delegate-missing",
            f"the settings name {name}, and there is none in the folders of PATH",
            f"install {name}, or take it out of the settings ([[delegate]])",
        )
    return found


def _is_nobody(answer: bytes) -> bool:
    """Whether it is how docker-credential-pass says that it has no login: one of nobody, with the exit status 0."""
    try:
        fields = json.loads(answer)
        return not fields["Username"] and not fields["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _failed(program: str, what: str) -> HelperError:
    return HelperError("delegate-failed", f"{program} {what}", f"run it by hand: {program} list")
