"""The words of the command line: Docker's verbs, and the commands that a person gives."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Callable

from credhelper import protocol
from credhelper.errors import HelperError
from credhelper.run import Reply, failure, internal

if TYPE_CHECKING:
    from collections.abc import Mapping

# A command is loaded when it is given: Docker's verbs do without all of them.
COMMANDS = {
    "export": "credhelper.commands.export",
    "get-login": "credhelper.commands.get_login",
    "get-login-password": "credhelper.commands.get_login_password",
    "import": "credhelper.commands.import_",
    "refresh": "credhelper.commands.refresh",
}


def run(words: list[str], read: Callable[[], bytes], environ: Mapping[str, str], say: Callable[[bytes], bool]) -> Reply:
    """Run the verb or the command of `words`. `read` gives what standard input brings, `say` prints at once."""
    if not words or words[0] not in COMMANDS:
        return protocol.run(words, read, environ)
    try:
        command = importlib.import_module(COMMANDS[words[0]])
        reply: Reply = command.run(words[1:], environ, say)
    except HelperError as error:
        return failure(error)
    except SystemExit as ended:  # argparse has said on standard error what is wrong with the words
        return Reply(int(ended.code or 0), b"")
    except Exception as error:  # noqa: BLE001  (a fault of ours: never a traceback)
        return failure(internal(error, environ))
    return reply
