"""Command line of the stand-in: one instance, whose state is kept in a directory from `up` to `down`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from tests.fake_ec2.commands import StandInError
from tests.fake_ec2.image import Image
from tests.fake_ec2.instance import CHECKOUT, Instance
from tests.fake_ec2.layers import Bind

SUMMARY = "A stand-in for a fresh EC2 instance with a Docker Engine, on this machine; needs root."
ROOT = Path(__file__).parents[2]


class State(NamedTuple):
    """The state directory: the baked image and the running instance."""

    directory: Path

    @property
    def image(self) -> Image:
        """The image of new instances: the baked image, plus the layer of the last `bake` step, if any."""
        base = Image.load(self.directory / "image")
        step = self.directory / "step" / "layer"
        return Image((step, *base.layers)) if step.exists() else base

    @property
    def instance(self) -> Path:
        """The directory of the running instance; it exists only while an instance is up."""
        return self.directory / "instance"

    def attach(self) -> Instance:
        """Return the running instance. Raises StandInError if no instance is up."""
        if not self.instance.exists():
            raise StandInError(f"no instance is up in {self.directory}: start one with `up`")
        return Instance.attach(self.instance)


def bake(state: State, options: argparse.Namespace) -> int:
    """Bake the image unless it is up to date, then run the given step on it, if any."""
    state.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    image = Image.bake(state.directory / "image", options.package)
    step = state.directory / "step"
    shutil.rmtree(step, ignore_errors=True)
    if options.step:
        image.provision(step, [options.step], [Bind(ROOT, CHECKOUT)])
    return 0


def up(state: State, options: argparse.Namespace) -> int:
    """Launch an instance that stays up until `down`."""
    if state.instance.exists():
        raise StandInError(f"an instance is up already in {state.directory}: end it with `down` first")
    Instance.launch(state.image, state.instance, docker=options.docker, outlive=True)
    return 0


def shell(state: State, options: argparse.Namespace) -> NoReturn:
    """Open a shell in the instance."""
    environment = {"PS1": r"[\u@\h \W]\$ ", "TERM": os.environ.get("TERM", "dumb")}
    _exec_in_instance(state.attach(), ["bash", "--norc"], options.user, environment)


def run(state: State, options: argparse.Namespace) -> NoReturn:
    """Run a command in the instance on this terminal and exit with the command's status."""
    _exec_in_instance(state.attach(), options.command, options.user, {})


def configure(state: State, options: argparse.Namespace) -> int:
    """Change how the services behave (names: tests.fake_ec2.services.Behaviour); without a change, reset them."""
    control = state.attach().control
    if not options.change:
        control.reset()
        return 0
    try:
        control.configure(**dict(options.change))
    except ValueError as error:
        raise StandInError(f"the services cannot be told so: {error}") from None
    return 0


def calls(state: State, options: argparse.Namespace) -> int:
    """Show the number of requests to each service since the last `--forget`."""
    control = state.attach().control
    lines = (
        map(json.dumps, control.read_log())
        if options.log
        else (f"{n:6} {name}" for name, n in control.count_calls().items())
    )
    sys.stdout.writelines(f"{line}\n" for line in lines)
    if options.forget:
        control.forget()
    return 0


def down(state: State, options: argparse.Namespace) -> int:
    """End the instance and remove its files; with --all, remove the baked image too."""
    try:
        state.attach().end()
    except StandInError:
        shutil.rmtree(state.instance, ignore_errors=True)
    if options.all:
        shutil.rmtree(state.directory, ignore_errors=True)
    return 0


def _open_state(directory: Path) -> State:
    """Return the state in `directory`, which may be a well-known path in a shared /tmp, so its owner is checked."""
    if os.geteuid():
        raise StandInError("the stand-in makes namespaces and mounts: it needs root")
    if directory.exists() and directory.stat().st_uid:
        raise StandInError(f"{directory} belongs to somebody else")
    return State(directory)


def _exec_in_instance(instance: Instance, argv: Sequence[str], user: str, environment: dict[str, str]) -> NoReturn:
    home = "/root" if user == "root" else f"/home/{user}"
    command = instance.build_enter_command(argv, user=user, cwd=home)
    os.execve(command[0], command, {**instance.environment(user), **environment})  # noqa: S606 (no shell is wanted)


def _parse_change(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.fake_ec2", description=SUMMARY)
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir(), "stand-in"), help="the state folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    parsers = {}
    for command in (bake, up, shell, run, configure, calls, down):
        parsers[command.__name__] = commands.add_parser(command.__name__, help=command.__doc__)
        parsers[command.__name__].set_defaults(handler=command)
    add_argument = parsers["bake"].add_argument
    add_argument("--package", action="append", default=[], help="one more package of the distribution (repeatable)")
    add_argument("step", nargs=argparse.REMAINDER, help=f"a command to run in it; this checkout is at {CHECKOUT}")
    parsers["up"].add_argument("--no-docker", dest="docker", action="store_false", help="without a Docker Engine")
    for name in ("shell", "run"):
        parsers[name].add_argument("--user", default="root", help="root or ec2-user")
    parsers["run"].add_argument("command", nargs=argparse.REMAINDER)
    parsers["configure"].add_argument("change", nargs="*", type=_parse_change, metavar="NAME=VALUE")
    parsers["calls"].add_argument("--log", action="store_true", help="show each request, as JSON")
    parsers["calls"].add_argument("--forget", action="store_true", help="then count from nothing")
    parsers["down"].add_argument("--all", action="store_true", help="remove the state folder")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    options = _build_parser().parse_args(arguments)
    try:
        status: int = options.handler(_open_state(options.state.absolute()), options)
    except StandInError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
