//! What the programs share: generated code, and what both ends of a drill agree on.

use product::proto::ecommerce::{Product, ProductStatus};
use rsgrpc::{Metadata, MetadataError};

include!(concat!(env!("OUT_DIR"), "/mod.rs"));

/// The message of a provoked error: what `grpc-message` has to escape.
pub const MESSAGE: &str = "Größe um 100 % überschritten: 価格 😀\nzweite Zeile";

/// The trailers of a provoked error.
pub fn trailers() -> Result<Metadata, MetadataError> {
    let mut trailers = Metadata::new();
    trailers.insert("x-reason", "out of stock")?;
    trailers.insert_bin("x-reason-bin", [0x00, 0xff, 0x80])?;
    Ok(trailers)
}

/// What every server sells.
pub fn assortment() -> [Product; 3] {
    let electronics = || "electronics".to_owned();
    [
        Product {
            id: "prod-123".to_owned(),
            name: "Laptop".to_owned(),
            description: "13 inches".to_owned(),
            price: 1299.5,
            category: electronics(),
            stock_quantity: 7,
            image_urls: vec!["https://example.com/laptop.png".to_owned()],
            status: ProductStatus::ACTIVE,
            ..Default::default()
        },
        Product {
            id: "prod-456".to_owned(),
            name: "Phone".to_owned(),
            price: 699.0,
            category: electronics(),
            status: ProductStatus::OUT_OF_STOCK,
            ..Default::default()
        },
        Product {
            id: "prod-789".to_owned(),
            name: "Kaffeemühle".to_owned(),
            price: 49.95,
            category: "kitchen".to_owned(),
            stock_quantity: 3,
            status: ProductStatus::ACTIVE,
            ..Default::default()
        },
    ]
}

/// The most memory that this process has held so far, in KiB; 0 where the system does not tell.
#[must_use]
pub fn peak_memory() -> i32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// The guide's Rust, as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide.md")]
pub struct Guide;
