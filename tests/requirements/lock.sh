#!/bin/sh
# Renews the locks in this folder: for every Python from 3.9 on, the newest releases that pyproject.toml allows, with
# the hashes of their files. Needs uv (`pip install uv`) and the package index.
#
# tests/run.sh installs from these locks and nothing else, so a release that appears later changes no result. Renew
# them on purpose, as a commit of its own: when pyproject.toml's requirements change, or to test newer releases.
set -eu
cd "$(dirname "$0")/../.."

# lock NAME PYTHON OPTION...: writes NAME.txt, which holds for PYTHON and all newer ones.
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
lock lint 3.11 --group lint # import-linter's lowest Python
# The same as test, but for the lowest AWS SDK that pyproject.toml allows.
sed -nE 's/^  "(boto3|botocore)>=([0-9.]+)",.*/\1==\2.0/p' pyproject.toml | lock lowest 3.9 --group test --constraints -
