//! JSON there and back, rule by rule.

mod any;
mod fields;
mod kinds;
mod options;
mod syntax;
mod values;
mod well_known;

use super::{Cause, Parser, Printer};
use crate::Message;

/// `json` is read as `message`, and `message` written as `json`.
#[track_caller]
fn both<M: Message>(message: &M, json: &str) {
    assert_eq!(message.to_json().unwrap(), json);
    assert_eq!(&M::from_json(json).unwrap(), message);
}

/// `json` is read as what is written as `written`.
#[track_caller]
fn reads<M: Message>(json: &str, written: &str) {
    match M::from_json(json) {
        Ok(message) => assert_eq!(message.to_json().unwrap(), written, "{json}"),
        Err(error) => panic!("{json}: {error}"),
    }
}

/// `json` is refused for this reason.
#[track_caller]
fn refused<M: Message>(json: &str, cause: Cause) {
    match M::from_json(json) {
        Ok(message) => panic!("{json} gave {message:?}"),
        Err(error) => assert_eq!(error.cause(), cause, "{json}: {error}"),
    }
}

/// `message` is not written, for this reason.
#[track_caller]
fn not_written<M: Message>(message: &M, cause: Cause) {
    match message.to_json() {
        Ok(json) => panic!("{message:?} gave {json}"),
        Err(error) => assert_eq!(error.cause(), cause, "{error}"),
    }
}
