//! Error details: the messages of `google/rpc/error_details.proto` and `status.proto`, and what they have to do with a
//! [`Status`](crate::Status).
//!
//! A status carries any number of messages that say more than its code and text. These are the standard ones, which
//! clients in all languages know:
//!
//! | | |
//! |---|---|
//! | [`ErrorInfo`] | the cause, for programs: a reason, in a domain, and what belongs to it |
//! | [`RetryInfo`] | when to try again |
//! | [`BadRequest`] | which fields of the request are wrong |
//! | [`PreconditionFailure`] | what has to be mended before the call can succeed |
//! | [`QuotaFailure`] | which quotas are used up |
//! | [`ResourceInfo`] | what was accessed |
//! | [`RequestInfo`] | under which name logs know the request |
//! | [`Help`] | links to documentation |
//! | [`LocalizedMessage`] | a text for the user |
//! | [`DebugInfo`] | a stack trace, for developers |
//!
//! ```
//! use rsgrpc::rpc::{BadRequest, ErrorInfo};
//! use rsgrpc::{Code, Status};
//!
//! // On the server:
//! let status = Status::invalid_argument("not a valid product")
//!     .with_detail(ErrorInfo::new("INVALID_PRODUCT", "shop.example.com").metadata("sku", "prod-1"))
//!     .with_detail(BadRequest::default().violation("price", "must not be negative"));
//!
//! // On the client:
//! assert_eq!(status.code(), Code::InvalidArgument);
//! let bad = status.detail::<BadRequest>().unwrap_or_default();
//! for violation in &bad.field_violations {
//!     assert_eq!((&violation.field[..], &violation.description[..]), ("price", "must not be negative"));
//! }
//! ```
//!
//! A detail may be any other message as well. Those that a program does not know are kept: a status that is passed on has
//! them all, and [`Status::to_rpc`](crate::Status::to_rpc) gives them as [`Any`].
//!
//! The messages are the plugin's own output; a test of `protoc-gen-rsgrpc` generates them again and compares. So that
//! generated code uses them as well, where a schema imports `google/rpc/status.proto`, give the plugin the option
//! `extern_path=.google.rpc=::rsgrpc::rpc`.

#![allow(missing_docs, reason = "some of the schema's fields have no comment")]

mod details;
mod status;

include!("google.rpc.rs");
