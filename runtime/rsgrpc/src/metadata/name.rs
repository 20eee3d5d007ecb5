//! Which names metadata may have.

use super::{MetadataError, Reason};
use http::HeaderName;

/// Names that gRPC and HTTP/2 speak themselves; metadata of these names would break the call.
const PROTOCOL: [&str; 10] = [
    "te",
    "content-type",
    "content-length",
    "content-encoding",
    "connection",
    "host",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// Names that a peer's application sees, but that only the runtime writes.
const RUNTIME: [&str; 1] = ["user-agent"];

/// What arrives under a reserved name belongs to the runtime and is not shown, except what is of use to
/// applications, such as `grpc-previous-rpc-attempts` and `grpc-trace-bin`.
const SPOKEN: [&str; 7] = [
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "grpc-timeout",
    "grpc-encoding",
    "grpc-accept-encoding",
    "grpc-message-type",
];

/// Whoever reads these may pass for the one who sent them.
const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// The most bytes that a name may have, as `http` has it.
const LONGEST: usize = (1 << 16) - 1;

/// Parses a name that an application wants to write.
pub(super) fn parse(name: &str) -> Result<HeaderName, MetadataError> {
    check(name)?;
    let error = |reason| MetadataError { name: name.into(), reason };
    let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error(Reason::Name))?;
    if is_reserved(parsed.as_str()) {
        return Err(error(Reason::Reserved));
    }
    Ok(parsed)
}

/// Checks that an application may write such a name, unless it is reserved.
pub(super) fn check(name: &str) -> Result<(), MetadataError> {
    let error = |reason| MetadataError { name: name.into(), reason };
    if name.is_empty() {
        return Err(error(Reason::EmptyName));
    }
    let allowed = |byte| matches!(byte, b'a'..=b'z' | b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'_' | b'.');
    match name.len() <= LONGEST && name.bytes().all(allowed) {
        true => Ok(()),
        false => Err(error(Reason::Name)),
    }
}

pub(super) fn is_binary(name: &str) -> bool {
    name.ends_with("-bin")
}

/// As [`is_binary`], of a name that is not in lower case yet.
pub(super) fn is_binary_in_any_case(name: &str) -> bool {
    let end = name.len().checked_sub(4).and_then(|begin| name.as_bytes().get(begin..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(b"-bin"))
}

pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with("grpc-") || PROTOCOL.contains(&name) || RUNTIME.contains(&name)
}

pub(super) fn is_secret(name: &str) -> bool {
    SECRET.contains(&name)
}

pub(super) fn is_hidden(name: &str) -> bool {
    PROTOCOL.contains(&name) || SPOKEN.contains(&name)
}
