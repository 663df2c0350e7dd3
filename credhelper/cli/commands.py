"""The table of the commands for users; Docker's verbs are in protocol.py. Pure data."""

from __future__ import annotations

# {command: (its module, its synopsis in the help, its summary)}. A module is loaded only if its command is run.
COMMANDS = {
    "refresh": ("credhelper.cli.refresh", "refresh [HOST...]", "get new tokens from AWS now; see refresh --help"),
    "get-login": ("credhelper.cli.get_login", "get-login", "print a docker login command; see get-login --help"),
    "get-login-password": (
        "credhelper.cli.get_login_password",
        "get-login-password",
        "print a password for docker login --password-stdin",
    ),
    "import": (
        "credhelper.cli.import_",
        "import [HOST...]",
        "move logins from Docker's config.json to the keyring; see import --help",
    ),
    "export": ("credhelper.cli.export", "export [HOST...]", "write logins back to config.json; see export --help"),
    "explain": ("credhelper.cli.explain", "explain [ID]", "explain an error by its id, or list all ids"),
}
