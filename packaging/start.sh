#!/bin/sh
# From a blank machine to a pull from ECR. On an EC2 instance: installs Docker and the helper. Anywhere else: the
# demonstration, in namespaces of its own, which starts and leaves nothing on this machine.
set -eu
cd "$(dirname "$0")/.."

# By the machine's own marks: asking the metadata service would be a call to a network that may not be Amazon's.
on_ec2() {
  grep -qs '^Amazon EC2$' /sys/class/dmi/id/sys_vendor || grep -qs '^ec2' /sys/hypervisor/uuid
}

if on_ec2; then
  exec sh packaging/install.sh --docker "$@"
fi
command -v python3 >/dev/null || { echo "start.sh: Python 3.9 or newer is needed." >&2; exit 1; }
exec python3 -m tests.fake_ec2.demonstration "$@"
