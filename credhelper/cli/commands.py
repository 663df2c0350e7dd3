"""The table of commands for people; Docker's verbs are in protocol.py. Pure data."""

from __future__ import annotations

# {command: (its module, its line in the help, what that says)}. A module is loaded only when its command is given.
COMMANDS = {
    "refresh": ("credhelper.cli.refresh", "refresh [HOST...]", "ask AWS for new tokens now; --help says more"),
    "get-login": ("credhelper.cli.get_login", "get-login", "print the docker login line of old; --help says more"),
    "get-login-password": (
        "credhelper.cli.get_login_password",
        "get-login-password",
        "print a password for docker login --password-stdin",
    ),
    "import": (
        "credhelper.cli.import_",
        "import [HOST...]",
        "move logins from Docker's config.json to the keyring; --help says more",
    ),
    "export": ("credhelper.cli.export", "export [HOST...]", "write them back; --help says more"),
    "explain": ("credhelper.cli.explain", "explain [ID]", "explain an error by its id, or list all ids"),
}
