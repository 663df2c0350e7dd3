#!/bin/sh
# Creates the test environments, and runs all tests or the parts that are named; --help lists the parts.
#
# Everything is created in .venv of the checkout and in a temporary directory. As root, missing Debian packages are
# installed, except for the parts that need none. What this machine cannot provide is skipped by name with its reason
# (with CI set: an error). Python packages come only from the locks in tests/requirements, which lock.sh there renews.
set -eu
cd "$(dirname "$0")/.."

usage() {
  cat <<'END'
Usage: sh tests/run.sh [--help | PART...]

Without PART, runs everything in new environments, on each Python from 3.9 to 3.13 that is found.
A PART runs on the newest of these, or on CREDHELPER_TEST_PYTHON (such as 3.9). Its environment is kept in .venv, and
is created again only if the lock or the Python has changed. With CI set, a skipped test is an error.

  all          everything
  fast         lint, unit, protocol and golden: under two minutes, without root or Debian packages

  lint         ruff, mypy and the import contracts; needs Python 3.11
  unit         the modules, in the test process
  protocol     the part of contract that runs on each Python: Docker's protocol
  golden       recorded sessions, compared word for word
  contract     the installed program, as its clients run it
  errors       each kind of the error catalog, caused on the installed program
  concurrency  many processes at once, and killed ones
  stateful     random sequences of operations, compared with a model
  simulation   a fleet over a simulated week, compared with the limits of AWS
  keyrings     GNOME Keyring, pass and the private file
  lowest       unit tests, and what botocore opens, on the oldest Python with the lowest botocore
  moto         the calls under moto's IAM policies
  fake_ec2     the stand-in for AWS and the EC2 instance itself
  packaging    the wheel and the scripts in packaging/; needs root
  e2e          Docker and other clients on the stand-in instance; needs root
  faults       faults caused on the stand-in instance; needs root
  benchmarks   a smoke test of the benchmarks
END
}

parts() { usage | sed -n 's/^  \([a-z0-9_][a-z0-9_]*\) .*/\1/p'; }

say() { printf '\n== %s\n' "$1"; }

skip() {
  say "skipped: $1"
  [ -z "${CI:-}" ]
}

install_packages() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 0
  missing=
  # Each program, and its package.
  for pair in ip:iproute2 openssl:openssl shellcheck:shellcheck dbus-daemon:dbus gnome-keyring-daemon:gnome-keyring \
    strace:strace gpg:gnupg pass:pass docker-credential-pass:golang-docker-credential-helpers; do
    command -v "${pair%:*}" >/dev/null || missing="$missing ${pair#*:}"
  done
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
  for version in ${CREDHELPER_TEST_PYTHON:-3.9 3.10 3.11 3.12 3.13}; do
    for python in $(command -v "python$version" || :) "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
      "$(command -v python3)"; do
      # What is found may be pyenv's stub for a version that is not selected.
      [ "$(version_of "$python" 2>/dev/null)" = "$version" ] || continue
      printf '%s\n' "$python"
      break
    done
  done
}

# environment NAME PYTHON LOCK: creates .venv/NAME with the packages of tests/requirements/LOCK.txt and the wheel.
# With `reuse` set, keeps one that was created from the same lock and Python, and a wheel that is the checkout's.
environment() {
  pip=.venv/$1/bin/pip
  stamp="$PWD $("$2" -c 'import sys; print(sys.executable, sys.version)') $(sha256sum <"tests/requirements/$3.txt")"
  if [ -n "$reuse" ] && [ "$(cat ".venv/$1/stamp" 2>/dev/null)" = "$stamp" ]; then
    ".venv/$1/bin/python" -I tests/support/installed.py 2>/dev/null && return
  else
    say "environment $1"
    "$2" -m venv --clear ".venv/$1"
    "$pip" install -q --require-hashes -r "tests/requirements/$3.txt"
    printf '%s\n' "$stamp" >".venv/$1/stamp"
  fi
  [ -n "$wheel" ] || build_wheel
  "$pip" install -q --no-deps --force-reinstall "$wheel"
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

# run_tests ENVIRONMENT ARGUMENTS...
run_tests() {
  pytest=.venv/$1/bin/pytest
  shift
  sealed "$pytest" -q "$@"
}

# Each failure is a row of the error catalog. An error is created by its row, and where a stored one is read.
only_the_catalog_makes_errors() {
  ! grep -rnE --include='*.py' '\bHelperError\(' credhelper |
    grep -vE '^credhelper/(errors|error_catalog/kind|cache/recent_failure)\.py:'
}

lint() {
  case $(version_of "$newest") in
    3.9 | 3.10)
      skip "lint and types: import-linter needs Python 3.11"
      return
      ;;
  esac
  environment lint "$newest" lint
  bin=.venv/lint/bin
  say "lint and types"
  $bin/ruff check .
  $bin/ruff format --check .
  only_the_catalog_makes_errors
  $bin/mypy
  $bin/lint-imports --no-cache
}

lowest() {
  environment lowest "$oldest" lowest
  say "unit tests, and what botocore opens, on the lowest botocore that pyproject.toml allows"
  run_tests lowest --numprocesses=auto tests/unit tests/contract/test_hostile_profiles.py \
    tests/contract/test_hostile_checkout.py tests/contract/test_opened_paths.py
}

# moto is third-party, and has some thirty dependencies.
moto() {
  environment moto "$newest" moto
  say "the calls under moto's IAM policies"
  run_tests moto tests/moto
}

# Docker's protocol, and ten whole sessions.
protocol=$(printf 'tests/contract/test_%s.py ' \
  bad_input command_line entries get hostile_checkout hostile_profiles imports list machine noise opened_paths \
  store_and_erase streams)

everything() {
  reuse=
  # The oldest Python lacks most. All of the contract is tested on it, and everything that depends on the kernel, on
  # IAM's policies or on a keyring more than on the Python, for which one is enough.
  version=$(version_of "$oldest")
  environment "$version" "$oldest" test
  say "unit and contract tests on Python $version"
  run_tests "$version" --numprocesses=auto tests/unit tests/contract
  say "the error catalog, golden sessions, concurrency, stateful tests, simulation and real keyrings on Python $version"
  run_tests "$version" --numprocesses=auto tests/errors tests/golden
  run_tests "$version" tests/concurrency tests/stateful tests/simulation
  run_tests "$version" --numprocesses=auto tests/keyrings

  # The tests of instances wait more than they compute: the rest runs beside them.
  version=$(version_of "$newest")
  environment "$version" "$newest" test
  say "started: the instance, end to end, the faults, and the benchmarks' smoke test on Python $version"
  ".venv/$version/bin/pytest" -q tests/fake_ec2 tests/packaging tests/e2e tests/faults tests/benchmarks \
    >"$work/instance" 2>&1 &
  instance=$!

  for python in $(pythons); do
    [ "$python" != "$oldest" ] || continue
    version=$(version_of "$python")
    [ "$python" = "$newest" ] || environment "$version" "$python" test
    say "unit and contract tests on Python $version"
    # shellcheck disable=SC2086  # words of a list
    run_tests "$version" --numprocesses=auto tests/unit $protocol tests/golden
  done
  lowest
  lint
  moto

  say "the instance, end to end, the faults, and the benchmarks' smoke test on Python $(version_of "$newest")"
  status=0
  wait "$instance" || status=$?
  instance=
  cat "$work/instance"
  return $status
}

# test_part NAME: the tests of a part, on the newest Python.
test_part() {
  [ "$1" != fast ] || lint
  version=$(version_of "$newest")
  environment "$version" "$newest" test
  say "$1 on Python $version"
  # shellcheck disable=SC2086  # words of a list
  case $1 in
    fast) run_tests "$version" --numprocesses=auto tests/unit $protocol tests/golden ;;
    protocol) run_tests "$version" --numprocesses=auto $protocol ;;
    unit | golden | contract | errors | keyrings) run_tests "$version" --numprocesses=auto "tests/$1" ;;
    concurrency | stateful | simulation) run_tests "$version" "tests/$1" ;;
    *) ".venv/$version/bin/pytest" -q "tests/$1" ;;
  esac
}

# A part must not be called in a condition: there, the shell ignores set -e.
run_part() {
  case $1 in fast | lint | unit | protocol | golden) ;; *) install_packages ;; esac
  case $1 in
    all) everything ;;
    lint | lowest | moto) "$1" ;;
    *) test_part "$1" ;;
  esac
}

for part; do
  case $part in -h | --help) usage && exit ;; esac
  parts | grep -qxF -e "$part" || {
    printf 'tests/run.sh: unknown part: %s\n\n' "$part" >&2
    usage >&2
    exit 2
  }
done

work=$(mktemp -d)
wheel=    # once it is built
reuse=yes # environments, but not for a run of everything
instance= # the process whose tests are of instances, while it runs
# What this script started ends with it alone.
trap '[ -z "$instance" ] || wait "$instance" || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
for name in $(env | sed -nE 's/^((AWS_|BOTO|PYTHON)[A-Za-z0-9_]*)=.*/\1/p'); do unset "$name"; done
export CREDHELPER_TEST_IMAGE="${CREDHELPER_TEST_IMAGE:-$work/image}"
export PIP_DISABLE_PIP_VERSION_CHECK=1 # the Python's own pip is good enough

oldest=$(pythons | head -n 1)
newest=$(pythons | tail -n 1)
[ -n "$newest" ] || { echo "tests/run.sh: no Python from 3.9 to 3.13 was found." >&2; exit 1; }

[ $# -gt 0 ] || set -- all
for part; do run_part "$part"; done
