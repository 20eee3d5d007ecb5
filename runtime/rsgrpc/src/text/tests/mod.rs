//! Tests by rule of the text format specification.

mod any;
mod groups;
mod printing;
mod structure;
mod values;

use super::{ParseError, Parser};
use crate::codegen::{Explicit, Nested, Repeated, Sint64, Str};
use crate::sample::{Part, Sample};
use crate::wkt::Empty;
use crate::{Extension, Message, Registry};

const NOTE: Extension<Sample, Explicit<Str>, String> = Extension::new(1000, "test.note");
const MARKS: Extension<Sample, Repeated<Sint64>, i64> = Extension::new(1001, "test.marks");
const PART: Extension<Sample, Explicit<Nested>, Part> = Extension::new(1002, "test.part");
const OTHER: Extension<Empty, Explicit<Str>, String> = Extension::new(1000, "test.other");

fn registry() -> Registry {
    let registry = Registry::new().message::<Sample>().message::<Part>();
    registry.extension(&NOTE).extension(&MARKS).extension(&PART).extension(&OTHER)
}

fn parse<M: Message>(text: &str) -> Result<M, ParseError> {
    Parser::new().registry(&registry()).parse(text)
}

fn read(text: &str) -> Sample {
    match parse(text) {
        Ok(message) => message,
        Err(error) => panic!("{text}: {error}"),
    }
}

/// The text is refused, with a message that says so.
#[track_caller]
fn refused(text: &str, why: &str) {
    let error = parse::<Sample>(text).expect_err(text);
    assert!(error.to_string().contains(why), "{text}: {error}");
}
