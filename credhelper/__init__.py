"""credhelper: a Docker credential helper that answers for Amazon ECR with the machine's own role."""

__version__ = "0.1.0"
