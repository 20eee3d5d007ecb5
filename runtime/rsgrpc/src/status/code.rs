//! The status codes of gRPC.

use std::fmt;

/// How a call ended: the 17 codes of gRPC's `statuscodes.md`.
///
/// A number that is none of them counts as [`Code::Unknown`], as the specification asks.
///
/// ```
/// use rsgrpc::Code;
///
/// assert_eq!(Code::from(5), Code::NotFound);
/// assert_eq!(Code::from(99), Code::Unknown);
/// assert_eq!(Code::NotFound.to_string(), "NOT_FOUND");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Code {
    /// The call succeeded.
    Ok = 0,
    /// The call was cancelled, typically by the caller.
    Cancelled = 1,
    /// An error of which nothing more is known.
    Unknown = 2,
    /// The request is wrong whatever the state of the system is.
    InvalidArgument = 3,
    /// The deadline passed before the call ended; it may still have taken effect.
    DeadlineExceeded = 4,
    /// What the request names does not exist.
    NotFound = 5,
    /// What the request wants to create exists already.
    AlreadyExists = 6,
    /// The caller is known and may not do this.
    PermissionDenied = 7,
    /// A quota, a limit or memory is exhausted.
    ResourceExhausted = 8,
    /// The system is not in the state that the call needs; a retry does not help until that is mended.
    FailedPrecondition = 9,
    /// The call lost against a concurrent one; the caller may retry at a higher level.
    Aborted = 10,
    /// The request goes past the valid range, such as reading after the end of a file.
    OutOfRange = 11,
    /// The server does not offer this method.
    Unimplemented = 12,
    /// An invariant of the system is broken.
    Internal = 13,
    /// The service cannot be reached at the moment; a retry with backoff may succeed.
    Unavailable = 14,
    /// Data is lost or corrupted beyond repair.
    DataLoss = 15,
    /// The caller did not prove who it is.
    Unauthenticated = 16,
}

impl Code {
    /// All codes, ordered by number.
    pub const ALL: [Self; 17] = [
        Self::Ok,
        Self::Cancelled,
        Self::Unknown,
        Self::InvalidArgument,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::AlreadyExists,
        Self::PermissionDenied,
        Self::ResourceExhausted,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::OutOfRange,
        Self::Unimplemented,
        Self::Internal,
        Self::Unavailable,
        Self::DataLoss,
        Self::Unauthenticated,
    ];

    /// The name in the specification, such as `NOT_FOUND`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Cancelled => "CANCELLED",
            Self::Unknown => "UNKNOWN",
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::Aborted => "ABORTED",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::DataLoss => "DATA_LOSS",
            Self::Unauthenticated => "UNAUTHENTICATED",
        }
    }

    /// The code that an HTTP status stands for when a response carries no `grpc-status`
    /// (`http-grpc-status-mapping.md`). Even 200 is an error then.
    pub(crate) fn from_http_status(status: u16) -> Self {
        match status {
            400 | 431 => Self::Internal,
            401 => Self::Unauthenticated,
            403 => Self::PermissionDenied,
            404 => Self::Unimplemented,
            429 | 502..=504 => Self::Unavailable,
            _ => Self::Unknown,
        }
    }

    /// The code that an HTTP/2 error code stands for when it ends a stream (`PROTOCOL-HTTP2.md`, "Errors").
    pub(crate) fn from_http2_error(code: u32) -> Self {
        match code {
            0x7 => Self::Unavailable,       // REFUSED_STREAM
            0x8 => Self::Cancelled,         // CANCEL
            0xb => Self::ResourceExhausted, // ENHANCE_YOUR_CALM
            0xc => Self::PermissionDenied,  // INADEQUATE_SECURITY
            0xd => Self::Unknown,           // HTTP_1_1_REQUIRED, which the specification leaves out
            0x0..=0xa => Self::Internal,
            _ => Self::Unknown,
        }
    }
}

impl From<i32> for Code {
    fn from(number: i32) -> Self {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n).copied()).unwrap_or(Self::Unknown)
    }
}

impl From<Code> for i32 {
    fn from(code: Code) -> Self {
        code as Self
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_both_ways() {
        for (number, code) in (0..).zip(Code::ALL) {
            assert_eq!(i32::from(code), number);
            assert_eq!(Code::from(number), code);
        }
        for unknown in [-1, 17, i32::MIN, i32::MAX] {
            assert_eq!(Code::from(unknown), Code::Unknown);
        }
    }

    #[test]
    fn http_status_without_grpc_status() {
        let codes = [200, 400, 401, 403, 404, 418, 429, 431, 500, 502, 503, 504].map(Code::from_http_status);
        use Code::*;
        #[rustfmt::skip]
        assert_eq!(codes, [
            Unknown, Internal, Unauthenticated, PermissionDenied, Unimplemented, Unknown, Unavailable, Internal,
            Unknown, Unavailable, Unavailable, Unavailable,
        ]);
    }

    #[test]
    fn http2_errors() {
        use Code::*;
        let internal = [0, 1, 2, 3, 4, 5, 6, 9, 10].map(Code::from_http2_error);
        assert_eq!(internal, [Internal; 9]);
        let others = [7, 8, 11, 12, 13, 14, u32::MAX].map(Code::from_http2_error);
        assert_eq!(
            others,
            [Unavailable, Cancelled, ResourceExhausted, PermissionDenied, Unknown, Unknown, Unknown]
        );
    }
}
