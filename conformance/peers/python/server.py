"""The product server on grpcio: the ordinary service, and the drills of ../README.md."""

import asyncio
import resource
import sys

import grpc
import product_service_pb2 as pb
import product_service_pb2_grpc as rpc
from grpc_status import rpc_status

import secured
from drill import DESCRIPTION, DETAILS, MESSAGE, PRODUCTS, TRAILERS

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Products(rpc.ProductServiceServicer):
    def __init__(self):
        self.products = {product["id"]: pb.Product(**product) for product in PRODUCTS}
        self.tokens = {}
        self.gate = []
        self.sent = 0

    def token(self, name):
        return self.tokens.setdefault(name, asyncio.Event())

    async def GetProduct(self, request, context):
        drill, _, argument = request.product_id.partition("-")
        answer = getattr(self, "drill_" + drill, None)
        if answer is not None:
            return await answer(argument, context)
        if not request.product_id:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "product_id is required")
        product = self.products.get(request.product_id)
        if product is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"product {request.product_id} not found")
        return product

    async def drill_error(self, code, context):
        await context.abort(CODES[int(code)], MESSAGE, TRAILERS)

    async def drill_details(self, _, context):
        status = rpc_status.to_status(DETAILS)
        await context.abort(status.code, status.details, status.trailing_metadata)

    async def drill_metadata(self, _, context):
        echo = [(key, value) for key, value in context.invocation_metadata() if key.startswith("x-echo-")]
        await context.send_initial_metadata(echo)
        context.set_trailing_metadata([(key.replace("x-echo-", "x-trailer-", 1), value) for key, value in echo])
        return pb.Product(id="metadata")

    async def drill_identity(self, _, context):
        names = context.auth_context().get("x509_common_name", [b""])
        token = dict(context.invocation_metadata()).get("authorization", "")
        return pb.Product(id="identity", name=names[0].decode(), description=token)

    async def drill_deadline(self, _, context):
        left = context.time_remaining()
        return pb.Product(id="deadline", stock_quantity=-1 if left is None else int(left * 1000))

    async def drill_hang(self, token, context):
        self.token(f"{token}-begun").set()
        try:
            await asyncio.Event().wait()
        finally:
            self.token(token).set()

    async def drill_seen(self, token, context):
        try:
            await asyncio.wait_for(self.token(token).wait(), 10)
        except asyncio.TimeoutError:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"{token} was not noted")
        return pb.Product(id=token)

    async def drill_gate(self, size, context):
        ours = asyncio.Event()
        self.gate.append(ours)
        if len(self.gate) == int(size):
            for waiting in self.gate:
                waiting.set()
            self.gate.clear()
        await ours.wait()
        return pb.Product(id="gate", description=context.peer())

    async def drill_large(self, size, context):
        return pb.Product(id="large", description="x" * int(size))

    async def drill_gzip(self, size, context):
        await compress(context)
        return pb.Product(id="gzip", name="compressed", description="x" * int(size))

    async def drill_sent(self, _, context):
        return pb.Product(id="sent", stock_quantity=self.sent)

    async def drill_release(self, token, context):
        self.token(token).set()
        return pb.Product(id=token)

    async def drill_memory(self, _, context):
        return pb.Product(id="memory", stock_quantity=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    async def ListProducts(self, request, context):
        drill, _, argument = request.category.partition("-")
        if drill == "count":
            self.sent = 0
            for index in range(int(argument)):
                yield pb.Product(id=f"item-{index}", description=DESCRIPTION)
                self.sent += 1
        elif drill == "gzip":
            await compress(context)
            for index in range(int(argument)):
                if index % 2:
                    context.disable_next_message_compression()
                yield pb.Product(id=f"item-{index}", description=DESCRIPTION)
        elif drill == "fail":
            for index in range(int(argument)):
                yield pb.Product(id=f"item-{index}")
            await context.abort(grpc.StatusCode.ABORTED, MESSAGE, TRAILERS)
        elif drill == "endless":
            try:
                while True:
                    yield pb.Product(id="endless", description=DESCRIPTION)
            finally:
                self.token(argument).set()
        else:
            for product in list(self.products.values()):
                if not request.category or product.category == request.category:
                    yield product

    async def UploadProducts(self, requests, context):
        ids, count = [], 0
        async for product in requests:
            count += 1
            drill, _, argument = product.id.partition("-")
            if drill == "error":
                await context.abort(CODES[int(argument)], MESSAGE, TRAILERS)
            if drill == "stall":
                await self.token(argument).wait()
            if drill not in ("came", "discard", "stall"):
                self.products[product.id] = product
                ids.append(product.id)
        return pb.UploadProductsResponse(products_created=count, product_ids=ids)

    async def ProductUpdates(self, requests, context):
        async for request in requests:
            if request.product_id.startswith("hang-"):
                await self.drill_hang(request.product_id.removeprefix("hang-"), context)
            product = self.products.get(request.product_id)
            if product is None:
                continue
            update = request.WhichOneof("update")
            if update == "new_price":
                product.price = request.new_price
            elif update == "stock_adjustment":
                product.stock_quantity += request.stock_adjustment
            elif update == "new_status":
                product.status = request.new_status
            yield product


async def compress(context):
    """Compresses the responses. grpc.aio does so only where the metadata is sent explicitly."""
    context.set_compression(grpc.Compression.Gzip)
    await context.send_initial_metadata([])


async def main():
    server = grpc.aio.server()
    rpc.add_ProductServiceServicer_to_server(Products(), server)
    port = secured.add_port(server)
    await server.start()
    print(f"listening 127.0.0.1:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)


asyncio.run(main())
