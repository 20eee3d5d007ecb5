"""TLS where CERTIFICATES names a folder of certificates; both sides show theirs. Plaintext elsewhere."""

import os
import pathlib

import grpc

CERTIFICATES = os.environ.get("CERTIFICATES")


def read(name):
    return pathlib.Path(CERTIFICATES, name).read_bytes()


def add_port(server):
    if CERTIFICATES is None:
        return server.add_insecure_port("127.0.0.1:0")
    ours = [(read("server.key"), read("server.pem"))]
    credentials = grpc.ssl_server_credentials(ours, read("ca.pem"), require_client_auth=True)
    return server.add_secure_port("127.0.0.1:0", credentials)


def channel(address, ca="ca", identity="client", token=None, name=None):
    """A channel that trusts `ca`, is `identity`, sends `token` with each call, and expects the server `name`."""
    if CERTIFICATES is None:
        return grpc.aio.insecure_channel(address)
    key, chain = (read(f"{identity}.key"), read(f"{identity}.pem")) if identity else (None, None)
    credentials = grpc.ssl_channel_credentials(read(f"{ca}.pem"), key, chain)
    if token is not None:
        credentials = grpc.composite_channel_credentials(credentials, grpc.access_token_call_credentials(token))
    options = [("grpc.ssl_target_name_override", name)] if name else []
    return grpc.aio.secure_channel(address, credentials, options)
