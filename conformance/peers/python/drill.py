"""What both ends of a drill agree on; README.md beside `cases.txt` tells the rest."""

from google.protobuf import duration_pb2
from google.rpc import error_details_pb2, status_pb2

MESSAGE = "Größe um 100 % überschritten: 価格 😀\nzweite Zeile"
TRAILERS = (("x-reason", "out of stock"), ("x-reason-bin", b"\x00\xff\x80"))
DESCRIPTION = "x" * 1000

PRODUCTS = [
    dict(id="prod-123", name="Laptop", description="13 inches", price=1299.5, category="electronics",
         stock_quantity=7, image_urls=["https://example.com/laptop.png"], status=1),
    dict(id="prod-456", name="Phone", price=699.0, category="electronics", status=2),
    dict(id="prod-789", name="Kaffeemühle", price=49.95, category="kitchen", stock_quantity=3, status=1),
]

# google.rpc.Status with each of the standard details, and one that nobody knows.
DETAILS = status_pb2.Status(code=9, message=MESSAGE)
for detail in [
    error_details_pb2.ErrorInfo(reason="OUT_OF_STOCK", domain="shop.example.com", metadata={"sku": "prod-123"}),
    error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=3, nanos=500_000_000)),
    error_details_pb2.DebugInfo(stack_entries=["stock.rs:7", "shop.rs:70"], detail="stock is -1"),
    error_details_pb2.QuotaFailure(violations=[dict(subject="project:shop", description="10 a day")]),
    error_details_pb2.PreconditionFailure(
        violations=[dict(type="STOCK", subject="prod-123", description="wait for a delivery")]
    ),
    error_details_pb2.BadRequest(
        field_violations=[dict(field="product_id", description="sold out"), dict(field="count", description="0")]
    ),
    error_details_pb2.RequestInfo(request_id="request-7", serving_data="node 3"),
    error_details_pb2.ResourceInfo(
        resource_type="product", resource_name="prod-123", owner="shop", description="sold out"
    ),
    error_details_pb2.Help(links=[dict(description="Delivery dates", url="https://shop.example.com/dates")]),
    error_details_pb2.LocalizedMessage(locale="de-AT", message="Heute leider ausverkauft"),
]:
    DETAILS.details.add().Pack(detail)
DETAILS.details.add(type_url="shop.example.com/shop.Unknown", value=bytes([1, 255]))
