//! Protobuf's [text format]: messages for people and for configuration files.
//!
//! ```
//! use rsgrpc::Message;
//! use rsgrpc::wkt::FieldMask;
//!
//! let mask = FieldMask::from_text(r#"paths: ["id", 'name']  # two of them"#)?;
//! assert_eq!(mask.paths, ["id", "name"]);
//! assert_eq!(mask.to_text(), "paths: \"id\"\npaths: \"name\"\n");
//! # Ok::<(), rsgrpc::text::ParseError>(())
//! ```
//!
//! [`Printer`] and [`Parser`] have the options.
//!
//! [text format]: https://protobuf.dev/reference/protobuf/textformat-spec

mod any;
mod body;
mod erased;
mod error;
mod input;
mod lexer;
mod literal;
mod out;
mod parser;
mod printer;
mod quote;
mod skip;
mod source;
#[cfg(test)]
mod tests;
mod unknown;

pub(crate) use erased::{ExtensionText, MessageText};
pub use error::ParseError;
pub use parser::Parser;
#[cfg(feature = "reflect")]
pub(crate) use parser::complete;
pub use printer::Printer;

/// The message whose content has a form of its own.
const ANY: &str = "google.protobuf.Any";
