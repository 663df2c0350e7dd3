#!/bin/sh
# Sets up what the tests need, and passes all of them: unit and contract tests on each Python from 3.9 to 3.13 that
# this machine has; on the oldest the error catalog, concurrency, and real keyrings; lint and types;
# moto's IAM policies; then the stand-in instance, the end-to-end tests, the faults and the benchmarks' smoke test.
#
# Everything is made in .venv of the checkout and in a temporary folder; as root, the Debian packages that are
# missing are installed. What this machine cannot give is skipped by name with its reason (with CI set: an error).
# Python packages come from the locks in tests/requirements, which lock.sh there renews.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$1"; }

skip() {
  say "skipped: $1"
  [ -z "${CI:-}" ]
}

install_packages() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 0
  missing=
  command -v ip >/dev/null || missing="$missing iproute2"
  command -v openssl >/dev/null || missing="$missing openssl"
  command -v shellcheck >/dev/null || missing="$missing shellcheck"
  command -v dbus-daemon >/dev/null || missing="$missing dbus"
  command -v gnome-keyring-daemon >/dev/null || missing="$missing gnome-keyring"
  command -v strace >/dev/null || missing="$missing strace"
  command -v gpg >/dev/null || missing="$missing gnupg"
  command -v pass >/dev/null || missing="$missing pass"
  command -v docker-credential-pass >/dev/null || missing="$missing golang-docker-credential-helpers"
  python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
  [ -n "$missing" ] || return 0
  say "packages:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  # shellcheck disable=SC2086  # words of a list
  apt-get -qqy install --no-install-recommends $missing >/dev/null
}

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# Prints a Python of each version, oldest first: from PATH, else from pyenv.
pythons() {
  for version in 3.9 3.10 3.11 3.12 3.13; do
    for python in $(command -v "python$version" || :) "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
      "$(command -v python3)"; do
      # What is found may be pyenv's stub for a version that is not chosen.
      [ "$(version_of "$python" 2>/dev/null)" = $version ] || continue
      printf '%s\n' "$python"
      break
    done
  done
}

# environment NAME PYTHON LOCK: makes .venv/NAME with the packages of tests/requirements/LOCK.txt and the wheel.
environment() {
  say "environment $1"
  "$2" -m venv --clear ".venv/$1"
  pip=.venv/$1/bin/pip
  "$pip" install -q --require-hashes -r "tests/requirements/$3.txt"
  [ -n "${wheel:-}" ] || build_wheel
  "$pip" install -q --no-deps "$wheel"
}

# With the environment's own build backend, which is locked too.
build_wheel() {
  "$pip" wheel -q --no-build-isolation --no-deps --wheel-dir "$work" .
  wheel=$(echo "$work"/*.whl)
}

# sealed COMMAND...: where root allows it, in a network namespace that has a loopback and nothing else.
sealed() {
  if [ "$(id -u)" -eq 0 ] && unshare --net true 2>/dev/null; then
    # shellcheck disable=SC2016  # the inner shell's
    unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
  else
    "$@"
  fi
}

# Every failure is a row of the error catalog. An error is made by its row, and where a stored one is read.
only_the_catalog_makes_errors() {
  ! grep -rnE --include='*.py' '\bHelperError\(' credhelper |
    grep -vE '^credhelper/(errors|error_catalog/kind|cache/recent_failure)\.py:'
}

lint() {
  environment lint "$newest" lint
  bin=.venv/lint/bin
  say "lint and types"
  $bin/ruff check .
  $bin/ruff format --check .
  only_the_catalog_makes_errors
  $bin/mypy
  $bin/lint-imports --no-cache
}

work=$(mktemp -d)
instance= # the process whose tests are of instances, while it runs
# What it has started ends with it alone.
trap '[ -z "$instance" ] || wait "$instance" || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for name in $(env | sed -nE 's/^((AWS_|BOTO|PYTHON)[A-Za-z0-9_]*)=.*/\1/p'); do unset "$name"; done
export CREDHELPER_TEST_IMAGE="${CREDHELPER_TEST_IMAGE:-$work/image}"

export PIP_DISABLE_PIP_VERSION_CHECK=1 # the Python's own pip will do

install_packages
oldest=$(pythons | head -n 1)
newest=$(pythons | tail -n 1)
[ -n "$newest" ] || { echo "tests/run.sh: no Python from 3.9 to 3.13 was found." >&2; exit 1; }

# The oldest lacks most. All of the contract is tried on it; and what is the kernel's, the policy's or a keyring's more
# than a Python's, for which one will do.
version=$(version_of "$oldest")
environment "$version" "$oldest" test
say "unit and contract tests on Python $version"
sealed ".venv/$version/bin/pytest" -q --numprocesses=auto tests/unit tests/contract
say "the error catalog, golden sessions, concurrency, stateful tests, the simulation and real keyrings on Python $version"
sealed ".venv/$version/bin/pytest" -q --numprocesses=auto tests/errors tests/golden
sealed ".venv/$version/bin/pytest" -q tests/concurrency tests/stateful tests/simulation
sealed ".venv/$version/bin/pytest" -q --numprocesses=auto tests/keyrings

# The tests of instances wait more than they compute: the rest is done beside them.
version=$(version_of "$newest")
environment "$version" "$newest" test
say "begun: the instance, end to end, the faults, and the benchmarks' smoke test on Python $version"
".venv/$version/bin/pytest" -q tests/fake_ec2 tests/packaging tests/e2e tests/faults tests/benchmarks \
  >"$work/instance" 2>&1 &
instance=$!

# On the others Docker's protocol, and ten whole sessions.
protocol=$(printf 'tests/contract/test_%s.py ' \
  bad_input command_line entries get hostile_checkout hostile_profiles imports list machine noise opened_paths \
  store_and_erase streams)
for python in $(pythons); do
  [ "$python" != "$oldest" ] || continue
  version=$(version_of "$python")
  [ "$python" = "$newest" ] || environment "$version" "$python" test
  say "unit and contract tests on Python $version"
  # shellcheck disable=SC2086  # words of a list
  sealed ".venv/$version/bin/pytest" -q --numprocesses=auto tests/unit $protocol tests/golden
done

environment lowest "$oldest" lowest
say "unit tests, and what botocore opens, on the lowest botocore that pyproject.toml allows"
sealed .venv/lowest/bin/pytest -q --numprocesses=auto tests/unit tests/contract/test_hostile_profiles.py \
  tests/contract/test_hostile_checkout.py tests/contract/test_opened_paths.py

case $(version_of "$newest") in
  3.9 | 3.10) skip "lint and types: import-linter needs Python 3.11" ;;
  *) lint ;;
esac

# moto, which nobody here wrote, brings some thirty distributions along.
environment moto "$newest" moto
say "the calls under moto's IAM policies"
sealed .venv/moto/bin/pytest -q tests/moto

say "the instance, end to end, the faults, and the benchmarks' smoke test on Python $(version_of "$newest")"
status=0
wait "$instance" || status=$?
instance=
cat "$work/instance"
exit $status
