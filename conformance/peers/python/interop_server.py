"""The interop server on grpcio: `call PATH` is printed for each call that comes."""

import asyncio
import base64
import json
import signal
import time

import grpc
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from interop_flags import CREDENTIALS, ECHO_INITIAL, ECHO_TRAILING, parse, read
from grpc.testing import empty_pb2, messages_pb2 as pb, test_pb2_grpc as rpc

CODES = {code.value[0]: code for code in grpc.StatusCode}

FLAGS = parse(
    port=0,
    use_tls=False,
    tls_cert_file=f"{CREDENTIALS}/server1.pem",
    tls_key_file=f"{CREDENTIALS}/server1.key",
    token_keys_file=None,
)


class Calls(grpc.aio.ServerInterceptor):
    async def intercept_service(self, continuation, details):
        print("call", details.method, flush=True)
        return await continuation(details)


def zeros(size):
    return pb.Payload(body=bytes(size))


async def echo_metadata(context):
    for key, value in context.invocation_metadata():
        if key == ECHO_INITIAL:
            await context.send_initial_metadata([(key, value)])
        elif key == ECHO_TRAILING:
            context.set_trailing_metadata([(key, value)])


async def echo_status(request, context):
    status = request.response_status
    if status.code:
        await context.abort(CODES[status.code], status.message)


def public_key(key):
    """An RSA key of a JSON Web Key Set, as PEM."""
    exponent, modulus = (int.from_bytes(base64.urlsafe_b64decode(key[part] + "=="), "big") for part in "en")
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


async def claims(context):
    """What the caller's token tells; a call whose token is not valid is refused."""
    token = dict(context.invocation_metadata()).get("authorization", "").removeprefix("Bearer ")
    if FLAGS.token_keys_file is None or not token:
        return {}
    keys = {key["kid"]: public_key(key) for key in json.loads(read(FLAGS.token_keys_file))["keys"]}
    try:
        return jwt.decode(token, certs=keys)
    except ValueError as error:
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, str(error))


class TestService(rpc.TestServiceServicer):
    async def EmptyCall(self, request, context):
        return empty_pb2.Empty()

    async def UnaryCall(self, request, context):
        await echo_metadata(context)
        await echo_status(request, context)
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
            # A single response is compressed only if the metadata has left before.
            await context.send_initial_metadata([])
        response = pb.SimpleResponse(payload=zeros(request.response_size))
        if request.fill_username:
            response.username = (await claims(context)).get("sub", "")
        if request.fill_oauth_scope:
            response.oauth_scope = (await claims(context)).get("scope", "")
        return response

    async def CacheableUnaryCall(self, request, context):
        await context.send_initial_metadata([("cache-control", "max-age=60, public")])
        return pb.SimpleResponse(payload=pb.Payload(body=str(time.time_ns()).encode()))

    async def answer(self, request, context):
        await echo_status(request, context)
        for parameters in request.response_parameters:
            await asyncio.sleep(parameters.interval_us / 1e6)
            if not parameters.compressed.value:
                context.disable_next_message_compression()
            yield pb.StreamingOutputCallResponse(payload=zeros(parameters.size))

    async def StreamingOutputCall(self, request, context):
        await echo_metadata(context)
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        async for response in self.answer(request, context):
            yield response

    async def StreamingInputCall(self, requests, context):
        size = 0
        async for request in requests:
            size += len(request.payload.body)
        return pb.StreamingInputCallResponse(aggregated_payload_size=size)

    async def FullDuplexCall(self, requests, context):
        await echo_metadata(context)
        async for request in requests:
            async for response in self.answer(request, context):
                yield response

    async def HalfDuplexCall(self, requests, context):
        await echo_metadata(context)
        for request in [request async for request in requests]:
            async for response in self.answer(request, context):
                yield response


async def main():
    server = grpc.aio.server(interceptors=[Calls()])
    rpc.add_TestServiceServicer_to_server(TestService(), server)
    address = f"[::]:{FLAGS.port}"
    if FLAGS.use_tls:
        pair = (read(FLAGS.tls_key_file), read(FLAGS.tls_cert_file))
        port = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(address)
    await server.start()
    print(f"listening [::]:{port}", flush=True)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    await stopped.wait()
    await server.stop(None)


asyncio.run(main())
