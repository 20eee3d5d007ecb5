//! What the programs share: generated code, and what both ends of a drill agree on.

use product::proto::ecommerce::{Product, ProductStatus};
use rsgrpc::rpc::{
    BadRequest, DebugInfo, ErrorInfo, Help, LocalizedMessage, PreconditionFailure, QuotaFailure, RequestInfo,
    ResourceInfo, RetryInfo,
};
use rsgrpc::wkt::Any;
use rsgrpc::{Message, Metadata, MetadataError, Status};
use std::time::Duration;

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

/// A provoked error with each of the standard details, and one that nobody knows.
#[must_use]
pub fn detailed() -> Status {
    let mut delivery = ResourceInfo::new("product", "prod-123", "sold out");
    delivery.owner = "shop".to_owned();
    let mut request = RequestInfo::new("request-7");
    request.serving_data = "node 3".to_owned();
    let bad = BadRequest::default().violation("product_id", "sold out").violation("count", "0");
    let mut status = Status::failed_precondition(MESSAGE)
        .with_detail(ErrorInfo::new("OUT_OF_STOCK", "shop.example.com").metadata("sku", "prod-123"))
        .with_detail(RetryInfo::after(Duration::from_millis(3500)))
        .with_detail(DebugInfo::new("stock is -1", ["stock.rs:7", "shop.rs:70"]))
        .with_detail(QuotaFailure::default().violation("project:shop", "10 a day"))
        .with_detail(PreconditionFailure::default().violation("STOCK", "prod-123", "wait for a delivery"))
        .with_detail(bad)
        .with_detail(request)
        .with_detail(delivery)
        .with_detail(Help::default().link("Delivery dates", "https://shop.example.com/dates"))
        .with_detail(LocalizedMessage::new("de-AT", "Heute leider ausverkauft"))
        .to_rpc();
    let (type_url, value) = ("shop.example.com/shop.Unknown".to_owned(), vec![1, 255].into());
    status.details.push(Any { type_url, value, ..Default::default() });
    Status::failed_precondition(MESSAGE).with_details(status.encode())
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

/// Makes the Rust on the guide's pages doc tests.
macro_rules! pages {
    ($($page:ident: $file:literal,)*) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../docs/guide/", $file))]
            pub struct $page;
        )*

        #[cfg(test)]
        const PAGES: &[&str] = &[$($file),*];
    };
}

pages! {
    Compression: "compression.md",
    Connections: "connections.md",
    Deadlines: "deadlines.md",
    Errors: "errors.md",
    Evolution: "evolution.md",
    Generating: "generating.md",
    Interceptors: "interceptors.md",
    Messages: "messages.md",
    MetadataPage: "metadata.md",
    Migration: "migration.md",
    Reflection: "reflection.md",
    Services: "services.md",
    Streaming: "streaming.md",
    Testing: "testing.md",
    Tls: "tls.md",
    Tower: "tower.md",
}

#[cfg(test)]
mod tests {
    use super::PAGES;
    use std::fs;

    #[test]
    fn all_pages_of_the_guide_are_tested_and_listed() {
        let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide");
        let mut files: Vec<_> = fs::read_dir(guide)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "README.md")
            .collect();
        files.sort();
        assert_eq!(files, PAGES);
        let index = fs::read_to_string(format!("{guide}/README.md")).unwrap();
        for page in PAGES {
            assert!(index.contains(&format!("]({page})")), "{page} is not in the index");
        }
    }
}
