#!/bin/sh
# Prepares a blank machine for a pull from ECR. On an EC2 instance, it installs Docker and the helper. On any other
# machine, it runs the demonstration in its own namespaces, which starts and leaves nothing on the machine itself.
set -eu
cd "$(dirname "$0")/.."

# Reads only local files: a request to the metadata service might go to a network that is not Amazon's.
on_ec2() {
  grep -qs '^Amazon EC2$' /sys/class/dmi/id/sys_vendor || grep -qs '^ec2' /sys/hypervisor/uuid
}

if on_ec2; then
  exec sh packaging/install.sh --docker "$@"
fi
command -v python3 >/dev/null || { echo "start.sh: Python 3.9 or newer is needed." >&2; exit 1; }
exec python3 -m tests.fake_ec2.demonstration "$@"
