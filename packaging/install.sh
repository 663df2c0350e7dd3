#!/bin/sh
# Installs docker-credential-ecr for every user and service of this machine; --help shows the options.
#
#   /opt/credhelper/venv-XXXXXX             a virtual environment per run, never changed once it is in service
#   /opt/credhelper/current                 a link to the environment in service
#   /usr/local/bin/docker-credential-ecr    a link through `current`, created once and never changed
#   /usr/bin/docker-credential-ecr          the same, for programs that search only the system's directories: cron on
#                                           Debian and Ubuntu, sudo on Amazon Linux
#
# A new environment is built and tested beside the one in service; then a single rename makes `current` point to it.
# (An environment cannot be moved: its scripts begin with its path.) If a run fails or is interrupted, the old
# environment stays in service. Run this script again after a system upgrade that removes the environment's Python.
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

# step SENTENCE COMMAND...: runs COMMAND silently; if it fails, prints the whole log and SENTENCE, and exits.
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

# The caller's variables would change what pip does: PYTHONPATH adds other modules, PIP_INDEX_URL selects another
# publisher, PIP_TARGET selects another directory, and SOURCE_DATE_EPOCH causes bytecode whose source is hashed at each
# start; HOME and the XDG variables select a user's pip.conf. The machine's own pip.conf and the proxy and CA variables
# still apply.
seal_environment() {
  for name in $(env | sed -nE 's/^((PIP|PYTHON)[A-Za-z0-9_]*)=.*/\1/p'); do
    unset "$name"
  done
  unset SOURCE_DATE_EPOCH XDG_CONFIG_HOME XDG_CACHE_HOME
  export HOME="$work"
  export DEBIAN_FRONTEND=noninteractive
  cd /         # the caller's working directory may contain an untrusted venv.py or pip.py
  umask 022    # all users must be able to read what root creates here
}

recognise_distribution() {
  # shellcheck source=/dev/null
  distribution=$( (. /etc/os-release && printf '%s' "$ID:${VERSION_ID:-}") 2>/dev/null || :)
  case $distribution in
    # On Debian, ensurepip, without which an environment has no pip, is in python3-venv.
    debian:* | ubuntu:*) manager=apt python_packages="python3 python3-venv" docker_package=docker.io ;;
    amzn:2023*) manager=dnf python_packages=python3 docker_package=docker ;;
    *) fail "not Debian, Ubuntu or Amazon Linux 2023: install $source with pip into an environment of your own." ;;
  esac
}

refuse_foreign_files() {
  for link in $links; do
    [ -e "$link" ] || [ -L "$link" ] || continue
    # Earlier versions created only the first link, and users added a second one that points to it.
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
  # Installing the distribution's Docker would remove one from another source.
  [ -z "$with_docker" ] || command -v dockerd >/dev/null || packages="$packages $docker_package"
  # shellcheck disable=SC2086  # words of a list
  [ -z "$packages" ] || "install_with_$manager" $packages
}

install_with_apt() {
  apt-get -q update </dev/null >>"$work/log" 2>&1 || :  # old lists may suffice; otherwise the installation fails
  # Just after a boot, apt's own timers may hold the lock. Since Debian 13, Docker's engine only recommends its client.
  step "apt-get could not install $*: check the network and /etc/apt, and run this again." \
    apt-get -qy -o DPkg::Lock::Timeout=300 --install-recommends install "$@"
}

install_with_dnf() {
  step "dnf could not install $*: check the network and /etc/yum.repos.d, and run this again." \
    dnf -qy install "$@"
}

# Debian's package enables and starts its service automatically, but Amazon's does not.
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
  # On Debian, an environment contains setuptools, part of which is imported at each start of its Python.
  "$unfinished/bin/python" -I -m pip uninstall --quiet --yes setuptools >>"$work/log" 2>&1 || :
  # With -I, Python does not even load a sitecustomize.py on PYTHONPATH. Installers drop such options from this line.
  sed -i '1s/$/ -I/' "$unfinished/bin/$program"
  step "$source gives no $program that works." "$unfinished/bin/$program" version
}

# The previous environment is kept until the next run: a program that still runs from it may import more modules.
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
  # Prefer the system's Python: every user can run it, and the system keeps it patched.
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
