//! Every golden file of messages compiles, without a warning.

#![deny(warnings)]

macro_rules! golden {
    ($($name:ident)*) => {$(
        #[allow(missing_docs, reason = "the schema has no comments")]
        pub mod $name {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/messages/", stringify!($name), "/mod.rs"));
        }
    )*};
}

golden! {
    closed_enums
    collisions
    comments
    deprecated
    editions
    enums
    extern_path
    imports
    keywords
    many_fields
    maps
    nested
    no_package
    oneofs
    optional
    prelude
    proto2
    recursive
    redact
    repeated
    scalars
    wkt
}

/// What an option in `extern_path/options` names.
pub type Time = rsgrpc::wkt::Timestamp;
/// And its view.
pub type TimeView<'a> = rsgrpc::wkt::TimestampView<'a>;
