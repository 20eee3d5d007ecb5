"""The product client on grpcio: runs the cases of ../cases.txt against the server at ADDRESS."""

import asyncio
import sys
import traceback
import uuid

import grpc
import product_service_pb2 as pb
import product_service_pb2_grpc as rpc
from grpc_status import rpc_status

import secured
from drill import DESCRIPTION, DETAILS, MESSAGE, PRODUCTS, TRAILERS

LIMIT = 4 * 1024 * 1024
MANY = 100_000
CASES = {}


def case(run):
    CASES[run.__name__.replace("_", "-")] = run
    return run


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


async def fails(code, call):
    """Awaits the call and returns its error, which must have this code."""
    try:
        result = await call
    except grpc.aio.AioRpcError as error:
        assert error.code() == code, f"{error.code()} is not {code}: {error.details()}"
        return error
    raise AssertionError(f"succeeded, where {code} was expected: {result}"[:200])


async def collect(call):
    return [message async for message in call]


async def drill(stub, id):
    return await stub.GetProduct(pb.GetProductRequest(product_id=id), timeout=20)


async def noted(stub, token):
    equal((await drill(stub, f"seen-{token}")).id, token)


def token():
    return uuid.uuid4().hex


def has(metadata, entries):
    """Several values of a text key may arrive as one, joined by a comma."""
    for key, value in entries:
        values = [each for name, each in metadata if name == key]
        if isinstance(value, str):
            values = ", ".join(values).split(", ")
        assert value in values, f"{key} is {values}"


@case
async def unary(stub):
    equal(await drill(stub, "prod-123"), pb.Product(**PRODUCTS[0]))


@case
async def unary_large(stub):
    equal(len((await drill(stub, "large-4000000")).description), 4_000_000)
    product = pb.Product(id="discard", description="ä" * 2_000_000)
    equal((await stub.UploadProducts(iter([product]))).products_created, 1)


@case
async def not_found(stub):
    error = await fails(grpc.StatusCode.NOT_FOUND, drill(stub, "nothing"))
    equal(error.details(), "product nothing not found")


@case
async def invalid_argument(stub):
    error = await fails(grpc.StatusCode.INVALID_ARGUMENT, drill(stub, ""))
    equal(error.details(), "product_id is required")


@case
async def error_statuses(stub):
    for code in grpc.StatusCode:
        if code is not grpc.StatusCode.OK:
            error = await fails(code, drill(stub, f"error-{code.value[0]}"))
            equal(error.details(), MESSAGE)
            has(error.trailing_metadata(), TRAILERS)


@case
async def error_details(stub):
    call = stub.GetProduct(pb.GetProductRequest(product_id="details"))
    await fails(grpc.StatusCode.FAILED_PRECONDITION, call)
    # Also compares code and message with those of the call.
    equal(await rpc_status.aio.from_call(call), DETAILS)


async def unknown(stub, path):
    call = stub.channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
    await fails(grpc.StatusCode.UNIMPLEMENTED, call(b""))


@case
async def unimplemented_method(stub):
    await unknown(stub, "/ecommerce.ProductService/Nothing")


@case
async def unimplemented_service(stub):
    await unknown(stub, "/ecommerce.Nothing/GetProduct")


@case
async def metadata(stub):
    sent = [("text", "plain text"), ("twice", "1"), ("twice", "2"), ("bytes-bin", bytes(range(256))), ("empty-bin", b"")]
    call = stub.GetProduct(
        pb.GetProductRequest(product_id="metadata"), metadata=[("x-echo-" + key, value) for key, value in sent]
    )
    has(await call.initial_metadata(), [("x-echo-" + key, value) for key, value in sent])
    await call
    has(await call.trailing_metadata(), [("x-trailer-" + key, value) for key, value in sent])


@case
async def server_streaming(stub):
    products = await collect(stub.ListProducts(pb.ListProductsRequest(category="electronics")))
    equal(sorted(product.id for product in products), ["prod-123", "prod-456"])


@case
async def server_streaming_empty(stub):
    equal(await collect(stub.ListProducts(pb.ListProductsRequest(category="nothing"))), [])


@case
async def server_streaming_error(stub):
    call = stub.ListProducts(pb.ListProductsRequest(category="fail-3"))
    for index in range(3):
        equal((await call.read()).id, f"item-{index}")
    error = await fails(grpc.StatusCode.ABORTED, call.read())
    equal(error.details(), MESSAGE)
    has(error.trailing_metadata(), TRAILERS)


@case
async def client_streaming(stub):
    ids = [f"upload-{index}" for index in range(10)]
    response = await stub.UploadProducts(iter([pb.Product(id=id, name="Ware " + id) for id in ids]))
    equal((response.products_created, list(response.product_ids)), (10, ids))
    equal((await drill(stub, "upload-7")).name, "Ware upload-7")


@case
async def client_streaming_empty(stub):
    equal(await stub.UploadProducts(iter([])), pb.UploadProductsResponse())


@case
async def client_streaming_error(stub):
    call = stub.UploadProducts()
    await call.write(pb.Product(id="error-9"))
    error = await fails(grpc.StatusCode.FAILED_PRECONDITION, call)
    equal(error.details(), MESSAGE)


@case
async def bidi(stub):
    await stub.UploadProducts(iter([pb.Product(id="bidi", price=1, stock_quantity=5)]))
    call = stub.ProductUpdates()
    # One at a time: each answer must arrive before the next request is sent.
    steps = [
        (dict(new_price=2.5), lambda product: product.price == 2.5),
        (dict(stock_adjustment=-3), lambda product: product.stock_quantity == 2),
        (dict(new_status=pb.PRODUCT_STATUS_DISCONTINUED), lambda product: product.status == 3),
    ]
    for update, expected in steps:
        await call.write(pb.ProductUpdateRequest(product_id="nothing", new_price=1))
        await call.write(pb.ProductUpdateRequest(product_id="bidi", **update))
        product = await call.read()
        assert expected(product), str(product)
    await call.done_writing()
    equal(await call.read(), grpc.aio.EOF)


@case
async def bidi_empty(stub):
    call = stub.ProductUpdates()
    await call.done_writing()
    equal(await collect(call), [])


@case
async def deadline_seen_by_server(stub):
    request = pb.GetProductRequest(product_id="deadline")
    left = (await stub.GetProduct(request, timeout=30)).stock_quantity
    assert 20_000 < left < 31_000, f"{left} ms left of 30,000"
    equal((await stub.GetProduct(request)).stock_quantity, -1)


@case
async def deadline_exceeded(stub):
    ours = token()
    request = pb.GetProductRequest(product_id=f"hang-{ours}")
    await fails(grpc.StatusCode.DEADLINE_EXCEEDED, stub.GetProduct(request, timeout=0.2))
    await noted(stub, ours)


@case
async def deadline_exceeded_stream(stub):
    ours = token()
    call = stub.ListProducts(pb.ListProductsRequest(category=f"endless-{ours}"), timeout=0.3)
    await fails(grpc.StatusCode.DEADLINE_EXCEEDED, collect(call))
    await noted(stub, ours)


async def cancelled(call):
    call.cancel()
    try:
        await call.code()
    except asyncio.CancelledError:
        pass


@case
async def cancel_unary(stub):
    ours = token()
    call = stub.GetProduct(pb.GetProductRequest(product_id=f"hang-{ours}"))
    await noted(stub, f"{ours}-begun")
    await cancelled(call)
    await noted(stub, ours)


@case
async def cancel_server_streaming(stub):
    ours = token()
    call = stub.ListProducts(pb.ListProductsRequest(category=f"endless-{ours}"))
    for _ in range(3):
        equal((await call.read()).id, "endless")
    await cancelled(call)
    await noted(stub, ours)


@case
async def cancel_bidi(stub):
    ours = token()
    call = stub.ProductUpdates()
    await call.write(pb.ProductUpdateRequest(product_id="prod-789", stock_adjustment=0))
    equal((await call.read()).id, "prod-789")
    await call.write(pb.ProductUpdateRequest(product_id=f"hang-{ours}"))
    await noted(stub, f"{ours}-begun")
    await cancelled(call)
    await noted(stub, ours)


@case
async def request_too_large(stub):
    call = stub.UploadProducts(iter([pb.Product(id="discard", description="x" * LIMIT)]))
    await fails(grpc.StatusCode.RESOURCE_EXHAUSTED, call)
    await drill(stub, "prod-123")


@case
async def response_too_large(stub):
    await fails(grpc.StatusCode.RESOURCE_EXHAUSTED, drill(stub, f"large-{LIMIT}"))
    await drill(stub, "prod-123")


@case
async def compressed_request(stub):
    product = pb.Product(id="came", description="x" * 100_000)
    for compression in [grpc.Compression.Gzip, grpc.Compression.Deflate]:
        response = await stub.UploadProducts(iter([product]), compression=compression)
        equal(response.products_created, 1)
        assert list(response.product_ids) in ([], ["compressed"]), str(response)


@case
async def compressed_response(stub):
    equal((await drill(stub, "gzip-100000")).description, "x" * 100_000)


@case
async def compressed_streams(stub):
    products = await collect(stub.ListProducts(pb.ListProductsRequest(category="gzip-100")))
    expected = [pb.Product(id=f"item-{index}", description=DESCRIPTION) for index in range(100)]
    equal(products, expected)
    call = stub.UploadProducts(compression=grpc.Compression.Gzip)
    for index in range(10):
        await call.write(pb.Product(id="discard", description="x" * 1000 * index))
    await call.done_writing()
    equal((await call).products_created, 10)


@case
async def compressed_too_large(stub):
    product = pb.Product(id="discard", description="x" * LIMIT)
    call = stub.UploadProducts(iter([product]), compression=grpc.Compression.Gzip)
    await fails(grpc.StatusCode.RESOURCE_EXHAUSTED, call)
    await fails(grpc.StatusCode.RESOURCE_EXHAUSTED, drill(stub, f"gzip-{LIMIT}"))


@case
async def concurrent_1000(stub):
    products = await asyncio.gather(*(drill(stub, "gate-1000") for _ in range(1000)))
    equal(len({product.description for product in products}), 1)


async def stalled(progress):
    """Returns where the progress stands once it has stopped growing."""
    last, same = -1, 0
    while same < 20:
        now = await progress()
        same = same + 1 if now == last and now > 0 else 0
        last = now
    return last


@case
async def download_100000(stub):
    before = (await drill(stub, "memory")).stock_quantity
    call = stub.ListProducts(pb.ListProductsRequest(category=f"count-{MANY}"))
    equal((await call.read()).id, "item-0")

    async def sent():
        return (await drill(stub, "sent")).stock_quantity

    ahead = await stalled(sent)
    assert ahead < MANY / 2, f"the server ran {ahead} messages ahead"
    for index in range(1, MANY):
        equal((await call.read()).id, f"item-{index}")
    equal(await call.read(), grpc.aio.EOF)
    grown = (await drill(stub, "memory")).stock_quantity - before
    assert grown < 64 * 1024, f"the server grew by {grown} KiB"


@case
async def upload_100000(stub):
    ours, product = token(), pb.Product(id="discard", description="x" * 1000)
    call, written = stub.UploadProducts(), 0

    async def upload():
        nonlocal written
        await call.write(pb.Product(id=f"stall-{ours}"))
        for written in range(1, MANY):
            await call.write(product)
        await call.done_writing()

    uploading = asyncio.ensure_future(upload())

    async def progress():
        await drill(stub, "prod-123")
        return written

    ahead = await stalled(progress)
    assert ahead < MANY / 2, f"the client ran {ahead} messages ahead"
    await drill(stub, f"release-{ours}")
    await uploading
    response = await call
    equal((response.products_created, len(response.product_ids)), (MANY, 0))


async def refuses(channel):
    async with channel:
        call = rpc.ProductServiceStub(channel).GetProduct(pb.GetProductRequest(product_id="prod-123"), timeout=20)
        await fails(grpc.StatusCode.UNAVAILABLE, call)


async def secured_identity(stub):
    async with secured.channel(stub.address, token="token-of-the-client") as channel:
        seen = await drill(rpc.ProductServiceStub(channel), "identity")
    equal((seen.name, seen.description), ("client", "Bearer token-of-the-client"))


async def secured_no_certificate(stub):
    await refuses(secured.channel(stub.address, identity=None))


async def secured_strange_certificate(stub):
    await refuses(secured.channel(stub.address, identity="stranger"))


async def secured_strange_server(stub):
    await refuses(secured.channel(stub.address, ca="other-ca"))


async def secured_other_name(stub):
    await refuses(secured.channel(stub.address, name="other.example"))


async def secured_plaintext(stub):
    await refuses(grpc.aio.insecure_channel(stub.address))


if secured.CERTIFICATES is not None:
    for run in (
        secured_identity,
        secured_no_certificate,
        secured_strange_certificate,
        secured_strange_server,
        secured_other_name,
        secured_plaintext,
    ):
        case(run)


async def main(address, names):
    failed = 0
    async with secured.channel(address) as channel:
        stub = rpc.ProductServiceStub(channel)
        stub.channel, stub.address = channel, address
        for name in names or CASES:
            try:
                await asyncio.wait_for(CASES[name](stub), 120)
                print(f"ok {name}", flush=True)
            except Exception as error:
                failed += 1
                traceback.print_exc()
                why = str(error).strip().replace("\n", " ") or type(error).__name__
                print(f"FAIL {name}: {why}", flush=True)
    return failed


sys.exit(min(1, asyncio.run(main(sys.argv[1], sys.argv[2:]))))
