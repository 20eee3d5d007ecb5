"""The interop client on grpcio; `--test_case` may name several cases, separated by commas."""

import asyncio
import json
import sys
import time
import traceback

import google.auth.transport.grpc
import google.auth.transport.requests
import grpc
from google.auth import jwt
from google.oauth2 import service_account

from interop_flags import CREDENTIALS, ECHO_INITIAL, ECHO_TRAILING, parse, read
from grpc.testing import empty_pb2, messages_pb2 as pb, test_pb2_grpc as rpc

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
LIMIT = 120
CASES = {}

FLAGS = parse(
    server_host="localhost",
    server_port=0,
    server_host_override=None,
    test_case="",
    use_tls=False,
    use_test_ca=False,
    ca_file=f"{CREDENTIALS}/ca.pem",
    service_account_key_file=None,
    oauth_scope=None,
    soak_iterations=10,
)


def case(run):
    CASES[run.__name__] = run
    return run


def equal(actual, expected):
    assert actual == expected, f"{actual!r:.200} is not {expected!r:.200}"


async def fails(code, call):
    """Awaits the call and returns its error, which must have this code."""
    try:
        result = await call
    except grpc.aio.AioRpcError as error:
        equal(error.code(), code)
        return error
    raise AssertionError(f"succeeded, where {code} was expected: {result}"[:200])


def connect(api=grpc.aio, call_credentials=None):
    """A channel that shares no connection with others."""
    address, options = f"{FLAGS.server_host}:{FLAGS.server_port}", [("grpc.use_local_subchannel_pool", 1)]
    if not FLAGS.use_tls:
        return api.insecure_channel(address, options=options)
    if FLAGS.server_host_override:
        options.append(("grpc.ssl_target_name_override", FLAGS.server_host_override))
    credentials = grpc.ssl_channel_credentials(read(FLAGS.ca_file) if FLAGS.use_test_ca else None)
    if call_credentials:
        credentials = grpc.composite_channel_credentials(credentials, call_credentials)
    return api.secure_channel(address, credentials, options=options)


def zeros(size):
    return pb.Payload(body=bytes(size))


def large(**fields):
    return pb.SimpleRequest(response_size=314159, payload=zeros(271828), **fields)


def parameters(*sizes):
    return [pb.ResponseParameters(size=size) for size in sizes]


def check(response, size=314159):
    equal(response.payload.body, bytes(size))


@case
async def empty_unary(stub):
    equal(await stub.EmptyCall(empty_pb2.Empty()), empty_pb2.Empty())


@case
async def cacheable_unary(stub):
    request = pb.SimpleRequest(payload=pb.Payload(body=str(time.time_ns()).encode()))
    metadata = [("x-user-ip", "1.2.3.4")]
    first = await stub.CacheableUnaryCall(request, metadata=metadata)
    assert first.payload.body
    equal(await stub.CacheableUnaryCall(request, metadata=metadata), first)


@case
async def large_unary(stub):
    check(await stub.UnaryCall(large()))


@case
async def client_compressed_unary(stub):
    compressed, plain = (large(expect_compressed=pb.BoolValue(value=value)) for value in (True, False))
    await fails(grpc.StatusCode.INVALID_ARGUMENT, stub.UnaryCall(compressed))
    check(await stub.UnaryCall(compressed, compression=grpc.Compression.Gzip))
    check(await stub.UnaryCall(plain))


@case
async def server_compressed_unary(stub):
    """Whether the flag was set, Python does not tell."""
    for value in (True, False):
        check(await stub.UnaryCall(large(response_compressed=pb.BoolValue(value=value))))


@case
async def client_streaming(stub):
    requests = [pb.StreamingInputCallRequest(payload=zeros(size)) for size in REQUEST_SIZES]
    equal((await stub.StreamingInputCall(iter(requests))).aggregated_payload_size, 74922)


async def sizes(call):
    return [len(response.payload.body) async for response in call]


@case
async def server_streaming(stub):
    request = pb.StreamingOutputCallRequest(response_parameters=parameters(*RESPONSE_SIZES))
    equal(await sizes(stub.StreamingOutputCall(request)), list(RESPONSE_SIZES))


@case
async def server_compressed_streaming(stub):
    """Whether the flags were set, Python does not tell."""
    wanted = parameters(31415, 92653)
    wanted[0].compressed.value, wanted[1].compressed.value = True, False
    request = pb.StreamingOutputCallRequest(response_parameters=wanted)
    equal(await sizes(stub.StreamingOutputCall(request)), [31415, 92653])


@case
async def ping_pong(stub):
    call = stub.FullDuplexCall()
    for size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        request = pb.StreamingOutputCallRequest(response_parameters=parameters(response_size), payload=zeros(size))
        await call.write(request)
        check(await call.read(), response_size)
    await call.done_writing()
    equal(await call.read(), grpc.aio.EOF)


@case
async def empty_stream(stub):
    call = stub.FullDuplexCall()
    await call.done_writing()
    equal(await sizes(call), [])


@case
async def custom_metadata(stub):
    metadata = [(ECHO_INITIAL, "test_initial_metadata_value"), (ECHO_TRAILING, b"\xab\xab\xab")]

    async def echoed(call):
        equal(dict(await call.initial_metadata())[ECHO_INITIAL], "test_initial_metadata_value")
        equal(dict(await call.trailing_metadata())[ECHO_TRAILING], b"\xab\xab\xab")

    call = stub.UnaryCall(large(), metadata=metadata)
    check(await call)
    await echoed(call)
    call = stub.FullDuplexCall(metadata=metadata)
    await call.write(pb.StreamingOutputCallRequest(response_parameters=parameters(314159), payload=zeros(271828)))
    await call.done_writing()
    equal(await sizes(call), [314159])
    await echoed(call)


@case
async def status_code_and_message(stub):
    status = pb.EchoStatus(code=2, message="test status message")
    error = await fails(grpc.StatusCode.UNKNOWN, stub.UnaryCall(pb.SimpleRequest(response_status=status)))
    equal(error.details(), status.message)
    call = stub.FullDuplexCall()
    await call.write(pb.StreamingOutputCallRequest(response_status=status))
    await call.done_writing()
    error = await fails(grpc.StatusCode.UNKNOWN, call.read())
    equal(error.details(), status.message)


@case
async def special_status_message(stub):
    status = pb.EchoStatus(code=2, message="\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
    error = await fails(grpc.StatusCode.UNKNOWN, stub.UnaryCall(pb.SimpleRequest(response_status=status)))
    equal(error.details(), status.message)


@case
async def unimplemented_method(stub):
    await fails(grpc.StatusCode.UNIMPLEMENTED, stub.UnimplementedCall(empty_pb2.Empty()))


@case
async def unimplemented_service(stub):
    service = rpc.UnimplementedServiceStub(stub.channel)
    await fails(grpc.StatusCode.UNIMPLEMENTED, service.UnimplementedCall(empty_pb2.Empty()))


async def cancelled(call):
    call.cancel()
    equal(await call.code(), grpc.StatusCode.CANCELLED)


@case
async def cancel_after_begin(stub):
    await cancelled(stub.StreamingInputCall())


@case
async def cancel_after_first_response(stub):
    call = stub.FullDuplexCall()
    await call.write(pb.StreamingOutputCallRequest(response_parameters=parameters(31415), payload=zeros(27182)))
    check(await call.read(), 31415)
    await cancelled(call)


@case
async def timeout_on_sleeping_server(stub):
    while True:
        call = stub.FullDuplexCall(timeout=0.001)
        try:
            await call.write(pb.StreamingOutputCallRequest(payload=zeros(27182)))
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            pass  # The time was up before.
        # Where it is up between two steps of sending, grpcio calls that INTERNAL.
        if 'Failed "execute_batch"' not in (await call.details() or ""):
            break
    equal(await call.code(), grpc.StatusCode.DEADLINE_EXCEEDED)


@case
async def concurrent_large_unary(stub):
    for response in await asyncio.gather(*(stub.UnaryCall(large()) for _ in range(1000))):
        check(response)


@case
async def rpc_soak(stub):
    for _ in range(FLAGS.soak_iterations):
        check(await stub.UnaryCall(large()))


@case
async def channel_soak(stub):
    for _ in range(FLAGS.soak_iterations):
        async with connect() as channel:
            check(await rpc.TestServiceStub(channel).UnaryCall(large()))


def account():
    return json.loads(read(FLAGS.service_account_key_file))["client_email"]


def token_credentials():
    """Tokens that the account signs itself, one for each service."""
    credentials = jwt.OnDemandCredentials.from_service_account_file(FLAGS.service_account_key_file)
    return grpc.metadata_call_credentials(google.auth.transport.grpc.AuthMetadataPlugin(credentials, None))


async def unary(request, channel=None, call=None):
    """A call with credentials: in a thread, because those in Python now and then deadlock with asyncio."""

    def run():
        with connect(grpc, channel) as connected:
            return rpc.TestServiceStub(connected).UnaryCall(request, credentials=call)

    return await asyncio.to_thread(run)


@case
async def jwt_token_creds(_):
    response = await unary(large(fill_username=True), channel=token_credentials())
    check(response)
    equal(response.username, account())


@case
async def per_rpc_creds(_):
    response = await unary(pb.SimpleRequest(fill_username=True), call=token_credentials())
    equal(response.username, account())


@case
async def oauth2_auth_token(_):
    credentials = service_account.Credentials.from_service_account_file(
        FLAGS.service_account_key_file, scopes=[FLAGS.oauth_scope]
    )
    credentials.refresh(google.auth.transport.requests.Request())
    token = grpc.access_token_call_credentials(credentials.token)
    response = await unary(pb.SimpleRequest(fill_username=True, fill_oauth_scope=True), channel=token)
    equal(response.username, account())
    assert response.oauth_scope and response.oauth_scope in FLAGS.oauth_scope


async def main():
    failed = False
    for name in FLAGS.test_case.split(","):
        try:
            async with connect() as channel:
                stub = rpc.TestServiceStub(channel)
                stub.channel = channel
                await asyncio.wait_for(CASES[name](stub), LIMIT)
            print("ok", name, flush=True)
        except Exception as error:
            failed = True
            traceback.print_exc()
            print(f"FAIL {name}: {error!r}"[:300].replace("\n", " "), flush=True)
    sys.exit(failed)


asyncio.run(main())
