"""What both ends of a drill agree on; README.md beside `cases.txt` tells the rest."""

MESSAGE = "Größe um 100 % überschritten: 価格 😀\nzweite Zeile"
TRAILERS = (("x-reason", "out of stock"), ("x-reason-bin", b"\x00\xff\x80"))
DESCRIPTION = "x" * 1000

PRODUCTS = [
    dict(id="prod-123", name="Laptop", description="13 inches", price=1299.5, category="electronics",
         stock_quantity=7, image_urls=["https://example.com/laptop.png"], status=1),
    dict(id="prod-456", name="Phone", price=699.0, category="electronics", status=2),
    dict(id="prod-789", name="Kaffeemühle", price=49.95, category="kitchen", stock_quantity=3, status=1),
]
