"""`docker-credential-ecr get-login`: Print a docker login command, as `aws ecr get-login` did, for old scripts."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper.cli import get_login_token, protocol
from credhelper.cli.error_text import PROGRAM
from credhelper.cli.runtime import load_context_settings
from credhelper.ecr.registry import Registry, parse
from credhelper.error_catalog.client import TOKEN_WITHOUT_REGISTRY
from credhelper.system.context import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from credhelper.ecr.token import Token
    from credhelper.system.context import Context

_DESCRIPTION = "Print a docker login command, as `aws ecr get-login` did, for old scripts."
_EPILOG = f"""You can paste the command into a shell, or evaluate it:
  eval "$({PROGRAM} get-login)"
However, other users can read the password in the command. It is safer to name
the helper in Docker's config.json, or to pipe the output of get-login-password
to docker login."""
_WARNING = """other users can read the password in this line: `ps` shows it, and the shell stores it in its history
  better: let Docker call this helper: {{"credHelpers": {{"{host}": "ecr"}}}} in ~/.docker/config.json
  or a pipe: {program} get-login-password --region {region}{profile} | docker login -u AWS --password-stdin https://{host}"""
_EMAIL_NOTE = "-e none is not printed: Docker has removed the option -e and rejects it"


class DockerLogin(NamedTuple):
    """The login for Docker, and notes for the user."""

    host: str
    username: str
    password: str
    notes: Sequence[str] = ()

    def __repr__(self) -> str:
        """Return a representation without the password."""
        return f"DockerLogin({self.host!r})"

    @property
    def command(self) -> str:
        """The `docker login` command, quoted for a shell."""
        return shlex.join(["docker", "login", "-u", self.username, "-p", self.password, f"https://{self.host}"])


def run(argv: list[str], environ: Mapping[str, str], _: Callable[[bytes], bool]) -> Result:
    """Return a line for each registry that `argv` names, or for the caller's own registry."""
    parser = _make_parser()
    options = parser.parse_args(argv)
    if options.help:
        return Result(0, parser.format_help().encode())

    def work(context: Context) -> Result:
        region = get_login_token.select_region(options, context)
        hosts = [Registry(account, region).host for account in dict.fromkeys(options.registry_ids)]
        # With --profile, the cache is not used: an entry does not depend on that option.
        logins = (
            _iter_cached_logins(hosts, context)
            if hosts and not options.profile
            else _iter_new_logins(hosts, region, options, context)
        )
        return _format_result(list(logins), region, options)

    return get_login_token.run_for_shell(work, environ)


def _iter_cached_logins(hosts: list[str], context: Context) -> Iterator[DockerLogin]:
    """Yield the logins that a `get` of `hosts` returns.

    There is one call to AWS for all hosts that share a token, and no call for a cached token.
    """
    load_context_settings(context)
    for target in filter(None, map(context.settings.find_target, hosts)):
        result = protocol.source_for(target, context).get()
        credentials = json.loads(result.stdout)
        yield DockerLogin(target.host, credentials["Username"], credentials["Secret"], result.notes)


def _iter_new_logins(
    hosts: list[str], region: str, options: argparse.Namespace, context: Context
) -> Iterator[DockerLogin]:
    """Yield logins for `hosts`, with a new token.

    Without `hosts`, yield a login for the registry that AWS returns with the token: the caller's own.
    """
    token = get_login_token.fetch_token(region, options, context)
    for host in hosts or [_find_own_host(token, region)]:
        yield DockerLogin(host, token.username, token.password, token.notes)


def _find_own_host(token: Token, region: str) -> str:
    host = token.endpoint.removeprefix("https://")
    registry = parse(host)
    if registry is None or registry.is_public:  # no other host may get the token, and it is not valid for ECR Public
        raise TOKEN_WITHOUT_REGISTRY.error(region=region)
    return host


def _format_result(logins: list[DockerLogin], region: str, options: argparse.Namespace) -> Result:
    lines = "".join(f"{login.command}\n" for login in logins)
    notes = dict.fromkeys(note for login in logins for note in login.notes)
    profile = f" --profile {shlex.quote(options.profile)}" if options.profile else ""
    warning = _WARNING.format(host=logins[0].host, program=PROGRAM, region=region, profile=profile)
    return Result(0, lines.encode(), [*notes, *([_EMAIL_NOTE] if options.email else []), warning])


def _parse_account(text: str) -> str:
    if parse(Registry(text, "us-east-1").host) is None:
        raise argparse.ArgumentTypeError(f"{text!a} is not an account ID of twelve digits")
    return text


def _make_parser() -> argparse.ArgumentParser:
    parser = get_login_token.make_parser("get-login", _DESCRIPTION, _EPILOG)
    add = parser.add_argument
    ids_help = "The accounts of the registries, such as 123456789012. The default is the account of the credentials."
    add("--registry-ids", metavar="ID", nargs="+", type=_parse_account, default=[], help=ids_help)
    add("--no-include-email", action="store_false", dest="email", default=False, help="Accepted, but has no effect.")
    add("--include-email", action="store_true", dest="email", help="Accepted for old scripts, but has no effect.")
    return parser
