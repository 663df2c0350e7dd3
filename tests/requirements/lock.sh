#!/bin/sh
# Renews the lock files in this directory: the newest releases that pyproject.toml allows, for every Python from 3.9 on,
# with the hashes of their files. Needs uv (`pip install uv`) and the package index.
#
# tests/run.sh installs only from these lock files, so a later release does not change a result. Renew them on purpose,
# in a separate commit: when the requirements in pyproject.toml change, or to test newer releases.
set -eu
cd "$(dirname "$0")/../.."

# lock NAME PYTHON OPTION...: writes NAME.txt, which is valid for PYTHON and all newer versions.
lock() {
  name=$1
  python=$2
  shift 2
  printf 'locking %s\n' "$name"
  uv --no-config pip compile --quiet --upgrade --universal --python-version "$python" --generate-hashes \
    --no-emit-index-url --custom-compile-command "sh tests/requirements/lock.sh" \
    --output-file "tests/requirements/$name.txt" "$@" pyproject.toml
}

lock test 3.9 --group test
lock moto 3.9 --group moto
lock lint 3.11 --group lint # the lowest Python that import-linter supports
# The same as test, but with the lowest AWS SDK that pyproject.toml allows.
sed -nE 's/^  "(boto3|botocore)>=([0-9.]+)",.*/\1==\2.0/p' pyproject.toml | lock lowest 3.9 --group test --constraints -
