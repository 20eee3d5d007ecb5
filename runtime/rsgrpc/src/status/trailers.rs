//! A status as trailers carry it: `grpc-status`, `grpc-message`, `grpc-status-details-bin`.

use super::{Code, Status, percent};
use crate::metadata::{Metadata, base64};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

static GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
static GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
static GRPC_STATUS_DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

impl Status {
    /// Adds what the trailers of a failed call say, the status's own metadata included. Metadata that came
    /// from another peer stays here.
    pub(crate) fn write_trailers(&self, trailers: &mut HeaderMap) {
        trailers.insert(GRPC_STATUS.clone(), HeaderValue::from(self.code() as u16));
        if !self.message().is_empty() {
            trailers.insert(GRPC_MESSAGE.clone(), percent::encode(self.message()));
        }
        if !self.details().is_empty() {
            trailers.insert(GRPC_STATUS_DETAILS.clone(), base64::encode(self.details()));
        }
        if !self.is_from_peer() {
            self.metadata().write(trailers);
        }
    }

    /// Adds what the trailers of a call that succeeded say.
    pub(crate) fn write_ok(trailers: &mut HeaderMap) {
        trailers.insert(GRPC_STATUS.clone(), HeaderValue::from_static("0"));
    }

    /// The status in trailers, or in the headers of a trailers-only response; `None` where `grpc-status` is
    /// missing. The trailers' metadata goes into a status that is an error; a success leaves it where it is.
    ///
    /// A `grpc-status` that is no number counts as `UNKNOWN` (`statuscodes.md`, "Error parsing returned
    /// status").
    pub(crate) fn read_trailers(trailers: &mut HeaderMap) -> Option<Result<(), Self>> {
        let number = trailers.get(&GRPC_STATUS)?.as_bytes();
        if number == b"0" {
            return Some(Ok(()));
        }
        // `parse` would accept a sign.
        let digits =
            str::from_utf8(number).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let code = digits.and_then(|digits| digits.parse::<u32>().ok());
        let code = code.map(|number| i32::try_from(number).map_or(Code::Unknown, Code::from));
        let message = match (code, trailers.get(&GRPC_MESSAGE)) {
            (_, Some(message)) => percent::decode(message.as_bytes()),
            (Some(_), None) => String::new(),
            (None, None) => format!("malformed grpc-status {:?}", String::from_utf8_lossy(number)),
        };
        let details =
            trailers.get(&GRPC_STATUS_DETAILS).and_then(|details| base64::decode(details.as_bytes()));
        let mut status = match code {
            // "00" and the like: a success, though not as the specification writes it.
            Some(Code::Ok) => return Some(Ok(())),
            code => Self::new(code.unwrap_or(Code::Unknown), message),
        };
        status.0.details = details.map(Bytes::from).unwrap_or_default();
        status.0.metadata = Metadata::from_headers(std::mem::take(trailers));
        status.0.from_peer = true;
        Some(Err(status))
    }

    /// The status of a response without `grpc-status`, from the HTTP status alone.
    #[cold]
    pub(crate) fn from_http_status(status: u16) -> Self {
        let message = match status {
            200 => "the response carries no grpc-status".into(),
            431 => "the server does not accept so much metadata (HTTP status 431)".into(),
            status => format!("HTTP status {status} without grpc-status"),
        };
        Self::new(Code::from_http_status(status), message).by_peer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(headers: &[(&'static str, &[u8])]) -> Option<Result<(), Status>> {
        let headers = headers.iter();
        let mut map = headers
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap()))
            .collect();
        Status::read_trailers(&mut map)
    }

    #[test]
    fn what_is_written_is_read() {
        let mut metadata = Metadata::new();
        metadata.insert("retry-hint", "later").unwrap();
        let status =
            Status::not_found("kein Produkt „ü“").with_details(vec![0, 255, 7]).with_metadata(metadata);
        let mut trailers = HeaderMap::new();
        status.write_trailers(&mut trailers);
        assert_eq!(trailers["grpc-status"], "5");
        assert_eq!(trailers["grpc-status-details-bin"], "AP8H");

        let read = Status::read_trailers(&mut trailers).unwrap().unwrap_err();
        assert_eq!((read.code(), read.message()), (Code::NotFound, "kein Produkt „ü“"));
        assert_eq!(read.details(), [0, 255, 7]);
        assert_eq!(read.metadata().get("retry-hint"), Some("later"));
        assert!(read.is_from_peer());
    }

    #[test]
    fn a_peers_status_is_forwarded_without_its_metadata() {
        let received: &[(&str, &[u8])] = &[
            ("grpc-status", b"5"),
            ("grpc-message", b"gone"),
            ("grpc-status-details-bin", b"AP8H"),
            ("set-cookie", b"session=1"),
        ];
        let status = read(received).unwrap().unwrap_err();
        assert_eq!(status.metadata().get("set-cookie"), Some("session=1"));

        let mut trailers = HeaderMap::new();
        status.write_trailers(&mut trailers);
        assert_eq!(trailers.len(), 3);
        assert_eq!(trailers["grpc-message"], "gone");
        assert_eq!(trailers["grpc-status-details-bin"], "AP8H");
    }

    #[test]
    fn success() {
        assert!(read(&[("grpc-status", b"0")]).unwrap().is_ok());
        assert!(read(&[("grpc-status", b"00")]).unwrap().is_ok());
        assert!(read(&[("grpc-message", b"lonely")]).is_none());
    }

    #[test]
    fn garbled_numbers_are_unknown() {
        for number in ["", "x", "-1", "99", "4294967299", "99999999999999999999", "0x5", " 5", "+5"] {
            let status = read(&[("grpc-status", number.as_bytes())]).unwrap().unwrap_err();
            assert_eq!(status.code(), Code::Unknown, "{number:?}");
        }
        let status = read(&[("grpc-status", b"five")]).unwrap().unwrap_err();
        assert_eq!(status.message(), "malformed grpc-status \"five\"");
    }

    #[test]
    fn garbled_details_are_dropped() {
        let status = read(&[("grpc-status", b"13"), ("grpc-status-details-bin", b"!")]).unwrap().unwrap_err();
        assert_eq!(status.code(), Code::Internal);
        assert!(status.details().is_empty());
    }

    #[test]
    fn http_status_alone() {
        let status = Status::from_http_status(503);
        assert_eq!(status.to_string(), "UNAVAILABLE: HTTP status 503 without grpc-status");
        assert!(status.is_from_peer());
    }
}
