"""The flags of the interop programs, and what else both begin with; to be imported before `grpc.testing`."""

import argparse
import pkgutil
from pathlib import Path

import grpc

# The generated modules are in `grpc.testing`, and grpcio's package keeps them from being found there.
grpc.__path__ = pkgutil.extend_path(grpc.__path__, grpc.__name__)

CREDENTIALS = "src/core/tsi/test_creds"
ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"


def boolean(value):
    return value.lower() == "true"


def parse(**defaults):
    """Flags by their names; a default tells the type, and None is a text that need not be given."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name, default in defaults.items():
        kind = str if default is None else boolean if isinstance(default, bool) else type(default)
        parser.add_argument(f"--{name}", type=kind, default=default)
    return parser.parse_args()


def read(path):
    return Path(path).read_bytes()
