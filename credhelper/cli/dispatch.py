"""Dispatch of the command line: Docker's verbs, and the commands for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from credhelper.cli import protocol
from credhelper.cli.commands import COMMANDS
from credhelper.cli.runtime import error_result, internal_error
from credhelper.errors import HelperError
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Mapping


def run(
    argv: list[str], read: Callable[[], bytes], environ: Mapping[str, str], write_stdout: Callable[[bytes], bool]
) -> Result:
    """Run the verb or the command in `argv`. `read` returns standard input, and `write_stdout` writes at once."""
    if not argv or argv[0] not in COMMANDS:
        return protocol.run(argv, read, environ)
    from importlib import import_module  # noqa: PLC0415  (Docker's verbs do without it)

    try:
        command = import_module(COMMANDS[argv[0]][0])
        result: Result = command.run(argv[1:], environ, write_stdout)
    except HelperError as error:
        return error_result(error)
    except SystemExit as system_exit:  # argparse has printed on standard error which argument is invalid
        return Result(int(system_exit.code or 0), b"")
    except Exception as error:  # noqa: BLE001  (a bug: never a traceback)
        return error_result(internal_error(error, environ))
    return result
