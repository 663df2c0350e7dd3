"""A Docker Engine and a registry in a machine: Debian's unmodified dockerd and docker-registry.

The registry holds small images made of a static busybox, so that a pull moves real layers and needs no network:
team/app, and one to five, which differ (Compose pulls equal images once).
"""

from __future__ import annotations

from tests.fake_ec2.machine import Machine

REGISTRY = "127.0.0.1:5000"
STORAGE = "/var/lib/docker-registry"
IMAGES = ("team/app", "one", "two", "three", "four", "five")
GREETING = "hello from ECR"

REGISTRY_CONFIGURATION = f"""
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {STORAGE}}}}}
http: {{addr: "{REGISTRY}"}}
"""

# Called with the name of the image, in an empty directory.
MAKE_AND_PUSH_SCRIPT = f"""
mkdir bin
cp /bin/busybox bin/
for name in sh echo cat sleep ls env; do ln -s busybox "bin/$name"; done
echo "$1" > image
tar --create . | docker import --change 'CMD ["echo", "{GREETING}"]' - "{REGISTRY}/$1:1"
docker push --quiet "{REGISTRY}/$1:1"
docker rmi --force "{REGISTRY}/$1:1"
"""


def start_registry(machine: Machine) -> None:
    """Start the registry on the machine's loopback."""
    machine.write("/etc/stand-in/registry.yml", REGISTRY_CONFIGURATION)
    machine.spawn("docker-registry", ["docker-registry", "serve", "/etc/stand-in/registry.yml"])
    machine.wait_for("docker-registry", ["busybox", "wget", "-q", "-O", "/dev/null", f"http://{REGISTRY}/v2/"])


def start_docker(machine: Machine) -> None:
    """Start the Docker Engine; its containers can use only the networks `none` and `host`."""
    machine.spawn("dockerd", ["dockerd", "--bridge=none", "--iptables=false"])
    machine.wait_for("dockerd", ["docker", "version"])


def stock_registry(machine: Machine) -> None:
    """Put the images into the registry; the registry and the Docker Engine must be running."""
    for name in IMAGES:
        directory = machine.check_output("make a folder", ["mktemp", "--directory"]).strip()
        machine.check_output(
            f"make the image {name}", ["sh", "-e", "-c", MAKE_AND_PUSH_SCRIPT, "sh", name], cwd=directory
        )
        machine.check_output("remove the folder", ["rm", "-r", directory])
