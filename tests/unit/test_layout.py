"""Each module has a unit test file of its name, or a stated place where it is tested."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "credhelper"

# Modules without a unit test file of their name: a pattern, where they are tested, and why there.
ELSEWHERE = {
    "__main__": ("tests/unit/test_protocol.py", "it starts each verb; tests/contract runs it as a process"),
    "background": ("tests/contract/test_background.py", "it forks, and outlives its process"),
    "clock": ("tests/unit/test_entry.py", "an instant has a meaning only with a lifetime"),
    "private_file": ("tests/unit/test_entry.py", "it reads entries"),
    "aws/credentials": ("tests/unit/test_credential_source.py", "finding credentials returns their source"),
    "aws/diagnosis/*": (
        "tests/unit/test_aws_diagnosis.py",
        "one request exercises several; tests/errors causes each id",
    ),
    "aws/file_access": ("tests/contract/test_hostile_profiles.py", "its result is which files a process opens"),
    "aws/provider_chain": ("tests/unit/test_observer.py", "it is botocore's chain, instrumented"),
    "aws/region": ("tests/contract/test_get_login.py", "only get-login needs a region"),
    "cache/file_stamps": ("tests/unit/test_dependencies.py", "a snapshot of dependencies uses it"),
    "cache/negative": ("tests/contract/test_other_registries.py", "it caches answers of the login resolver"),
    "cache/token_cache": ("tests/unit/test_tokens_source.py", "a source reads and writes it"),
    "cli/*": ("tests/contract/test_command_line.py", "a command is tested as a process; see also tests/golden"),
    "docker_config/*": ("tests/unit/test_docker_config.py", "document, file and replacement are one edit"),
    "ecr/*": ("tests/unit/test_host.py", "pure data, checked against tests/vectors/hosts.txt"),
    "error_catalog/*": ("tests/errors/test_catalog.py", "pure data, checked row by row"),
    "logins/backends/*": (
        "tests/keyrings/test_wrapping.py",
        "real keyrings; tests/unit/test_keyring_store.py has the rest",
    ),
    "logins/index_store": ("tests/unit/test_logins.py", "a store locks and reads it"),
    "logins/resolver": ("tests/contract/test_other_registries.py", "it chooses between processes"),
    "logins/store": ("tests/unit/test_logins.py", "the file name is older than the module's"),
    "settings/load": ("tests/unit/test_settings_files.py", "it combines files, parse and merge"),
    "settings/merge": ("tests/unit/test_settings_rules.py", "rules are merged"),
    "settings/toml": ("tests/unit/test_settings_parse.py", "it selects tomllib or tomli"),
    "system/atomic": ("tests/unit/test_cache_files.py", "entries are written with it; tests/concurrency kills it"),
    "system/context": ("tests/unit/test_tokens_source.py", "pure state"),
    "system/path_variables": ("tests/contract/test_hostile_checkout.py", "its result is what a process refuses"),
    "system/private_dir": ("tests/unit/test_cache_files.py", "the cache directory is one"),
    "system/working_directory": ("tests/contract/test_hostile_checkout.py", "it changes the process"),
}
MODULES = sorted(
    str(path.relative_to(PACKAGE).with_suffix("")) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"
)


def has_test_of_its_name(module: str) -> bool:
    parts = [part.strip("_") for part in module.split("/")]
    names = ("_".join(parts[start:]) for start in range(len(parts)))
    return any((ROOT / "tests" / "unit" / f"test_{name}.py").exists() for name in names)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_a_test_of_its_name_or_is_tested_elsewhere(module: str) -> None:
    assert has_test_of_its_name(module) or any(fnmatch(module, pattern) for pattern in ELSEWHERE)


@pytest.mark.parametrize(("pattern", "place"), [(pattern, place) for pattern, (place, _) in ELSEWHERE.items()])
def test_the_other_place_exists_and_is_needed(pattern: str, place: str) -> None:
    assert (ROOT / place).exists()
    assert any(fnmatch(module, pattern) and not has_test_of_its_name(module) for module in MODULES)
