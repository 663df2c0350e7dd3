#!/bin/sh
# Installs docker-credential-ecr for every user and service of this machine; --help says how to call it.
#
#   /opt/credhelper/venv-XXXXXX             a virtual environment for each run, never changed once it serves
#   /opt/credhelper/current                 the link that says which one serves
#   /usr/local/bin/docker-credential-ecr    a link that leads through `current`: made once and never touched again
#   /usr/bin/docker-credential-ecr          the same, for what looks into the system's folders only: cron on Debian
#                                           and Ubuntu, sudo on Amazon Linux
#
# A new environment is built beside the one that serves and tried there; then one rename turns `current` to it.
# (An environment cannot be moved: its scripts begin with its path.) A run that fails or is interrupted leaves the
# old one serving. After a system upgrade that took the environment's Python away, run this again.
set -eu

program=docker-credential-ecr
home=/opt/credhelper
target=$home/current/bin/$program
links="/usr/local/bin/$program /usr/bin/$program"

usage() {
  cat <<END
Usage: install.sh [--from PATH] [--docker]

Installs $program for every user of this machine, or upgrades it.
Runs as root on Debian, Ubuntu and Amazon Linux 2023, and asks nothing.

  --from PATH   install a wheel or a source folder (default: the checkout that this script stands in)
  --docker      install the distribution's Docker Engine as well, if there is none
  --help        show this
END
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

# step SENTENCE COMMAND...: silent when it works, else the whole log and the sentence.
step() {
  sentence=$1
  shift
  "$@" </dev/null >>"$work/log" 2>&1 && return
  cat "$work/log" >&2
  fail "$sentence"
}

parse_arguments() {
  source=
  with_docker=
  while [ $# -gt 0 ]; do
    case $1 in
      --help) usage && exit ;;
      --docker) with_docker=yes ;;
      --from)
        [ -n "${2:-}" ] || fail "--from needs a path; see --help." 2
        [ -e "$2" ] || fail "there is no $2: give --from the path of a wheel or of a source folder." 2
        source=$(readlink -f -- "$2")
        shift
        ;;
      *) fail "there is no option $1; see --help." 2 ;;
    esac
    shift
  done
  [ -n "$source" ] || source=$(checkout)
}

checkout() {
  folder=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
  [ -f "$folder/packaging/$program" ] ||
    fail "this script stands in no checkout: say --from PATH." 2
  printf '%s\n' "$folder"
}

# What the caller has set would steer pip: PYTHONPATH to other modules, PIP_INDEX_URL to another publisher,
# PIP_TARGET to another folder, SOURCE_DATE_EPOCH to bytecode whose source is hashed at each start; HOME and the
# XDG variables lead to a user's pip.conf. The machine's own pip.conf holds, and so do proxy and CA variables.
seal_environment() {
  for name in $(env | sed -nE 's/^((PIP|PYTHON)[A-Za-z0-9_]*)=.*/\1/p'); do
    unset "$name"
  done
  unset SOURCE_DATE_EPOCH XDG_CONFIG_HOME XDG_CACHE_HOME
  export HOME="$work"
  export DEBIAN_FRONTEND=noninteractive
  cd /         # a venv.py or pip.py where the caller stands is not ours
  umask 022    # what root makes here, everybody reads
}

recognise_distribution() {
  # shellcheck source=/dev/null
  distribution=$( (. /etc/os-release && printf '%s' "$ID:${VERSION_ID:-}") 2>/dev/null || :)
  case $distribution in
    # Debian keeps ensurepip, without which an environment has no pip, in python3-venv.
    debian:* | ubuntu:*) manager=apt python_packages="python3 python3-venv" docker_package=docker.io ;;
    amzn:2023*) manager=dnf python_packages=python3 docker_package=docker ;;
    *) fail "not Debian, Ubuntu or Amazon Linux 2023: install $source with pip into an environment of your own." ;;
  esac
}

refuse_foreign_files() {
  for link in $links; do
    [ -e "$link" ] || [ -L "$link" ] || continue
    # Earlier versions made the first link only, and people added a second one that leads to it.
    case " $target $links " in
      *" $(readlink "$link" || echo none) "*) ;;
      *) fail "$link exists, and this script did not make it: move it away and run this again." ;;
    esac
  done
}

refuse_old_python() {
  command -v python3 >/dev/null || return 0
  python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    fail "$(python3 -V) is too old, Python 3.9 is needed: use a newer release of this distribution."
}

install_packages() {
  packages=
  python3 -I -c 'import ensurepip' 2>/dev/null || packages=$python_packages
  # A Docker from elsewhere would be removed to make room for the distribution's.
  [ -z "$with_docker" ] || command -v dockerd >/dev/null || packages="$packages $docker_package"
  # shellcheck disable=SC2086  # words of a list
  [ -z "$packages" ] || "install_with_$manager" $packages
}

install_with_apt() {
  apt-get -q update </dev/null >>"$work/log" 2>&1 || :  # old lists may do: the installation decides
  # On a machine that has just started apt's own timers hold the lock. From Debian 13 on Docker's engine only
  # recommends its client.
  step "apt-get could not install $*: check the network and /etc/apt, and run this again." \
    apt-get -qy -o DPkg::Lock::Timeout=300 --install-recommends install "$@"
}

install_with_dnf() {
  step "dnf could not install $*: check the network and /etc/yum.repos.d, and run this again." \
    dnf -qy install "$@"
}

# Debian's package enables and starts its service by itself, Amazon's does not.
start_docker() {
  [ -n "$with_docker" ] && [ $manager = dnf ] && [ -d /run/systemd/system ] || return 0
  step "Docker's service does not start: see journalctl -u docker." systemctl enable --now docker
}

build() {
  mkdir -p $home
  chmod 755 $home
  exec 9<$home
  flock -n 9 || fail "another run of this script is at work: wait until it has ended."
  remove_unused
  unfinished=$(mktemp -d $home/venv-XXXXXX)
  chmod 755 "$unfinished"
  step "python3 could not make a virtual environment in $home." python3 -I -m venv "$unfinished"
  step "pip could not install $source: check the network, the proxy and /etc/pip.conf, and run this again." \
    "$unfinished/bin/python" -I -m pip install --no-input --disable-pip-version-check --compile "$source"
  # Debian's environments come with setuptools, of which a part is imported at each start of their Python.
  "$unfinished/bin/python" -I -m pip uninstall --quiet --yes setuptools >>"$work/log" 2>&1 || :
  # With -I not even a sitecustomize.py on a PYTHONPATH is loaded; an installer drops such options from the line.
  sed -i '1s/$/ -I/' "$unfinished/bin/$program"
  step "$source gives no $program that works." "$unfinished/bin/$program" version
}

# The environment before the current one is kept until the next run: a program that still runs from it may yet
# import.
remove_unused() {
  serving=$(readlink $home/current || :)
  for folder in "$home"/venv-*; do
    [ "${folder##*/}" = "$serving" ] || rm -rf "$folder"
  done
}

put_into_service() {
  ln -s "${unfinished##*/}" "$unfinished/current"
  mv -fT "$unfinished/current" $home/current
  unfinished=
  for link in $links; do
    [ -L "$link" ] || ln -s "$target" "$link"
  done
}

report() {
  cat <<END
$("$target" version) is installed.
  environment: $(readlink -f $home/current)
  commands:    $links
Docker's settings (~/.docker/config.json of each user) now need these two lines, with your account and region:
  {"credHelpers": {
    "ACCOUNT.dkr.ecr.REGION.amazonaws.com": "ecr"}}
END
}

clean_up() {
  rm -rf "$work" ${unfinished:+"$unfinished"}
  rmdir $home 2>/dev/null || :
}

main() {
  # The system's Python first: every user can run it and the system keeps it patched.
  PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
  parse_arguments "$@"
  [ "$(id -u)" -eq 0 ] || fail "this needs root: run it with sudo."
  unfinished=
  work=$(mktemp -d)
  trap clean_up EXIT
  trap 'exit 1' HUP INT TERM
  seal_environment
  recognise_distribution
  refuse_foreign_files
  refuse_old_python
  install_packages
  start_docker
  build
  put_into_service
  report
}

main "$@"
