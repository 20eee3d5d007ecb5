//! `google.rpc.Status` and our own.

use crate::wkt::Any;
use crate::{Code, Message, Status, rpc};

/// Error details (feature `rpc`); see [`rpc`].
impl Status {
    /// Adds an error detail: one of those in [`rpc`], or any other message. All details together, code and
    /// message travel in the trailers, where many peers accept no more than 8 KiB.
    ///
    /// Details that were set as [bytes](Self::with_details) and are no `google.rpc.Status` are replaced.
    #[must_use]
    pub fn with_detail(self, detail: impl Message) -> Self {
        let mut status = self.to_rpc();
        status.details.push(Any::pack(&detail));
        self.with_details(status.encode())
    }

    /// The first detail of this type. `None` where there is none, or it cannot be decoded.
    #[must_use]
    pub fn detail<M: Message>(&self) -> Option<M> {
        self.to_rpc().detail()
    }

    /// The status as a message, with all its details: none where [`details`](Self::details) is no
    /// `google.rpc.Status`.
    #[must_use]
    pub fn to_rpc(&self) -> rpc::Status {
        let status = rpc::Status::decode(self.details()).unwrap_or_default();
        // A peer may write other things here than in `grpc-status` and `grpc-message`, which count.
        rpc::Status { code: self.code().into(), message: self.message().to_owned(), ..status }
    }
}

impl rpc::Status {
    /// The first detail of this type. `None` where there is none, or it cannot be decoded.
    #[must_use]
    pub fn detail<M: Message>(&self) -> Option<M> {
        self.details.iter().find_map(|detail| detail.unpack().ok())
    }

    /// The status as the result that it tells of, such as that of one part of a batch: `Ok` where its code is
    /// that.
    ///
    /// # Errors
    /// The status with its details, where the code is another.
    pub fn into_result(self) -> Result<(), Status> {
        match Code::from(self.code) {
            Code::Ok => Ok(()),
            code => {
                let details = self.encode();
                Err(Status::new(code, self.message).with_details(details))
            }
        }
    }
}

impl From<&Status> for rpc::Status {
    fn from(status: &Status) -> Self {
        status.to_rpc()
    }
}

impl From<Code> for rpc::Code {
    fn from(code: Code) -> Self {
        Self::from(i32::from(code))
    }
}

impl From<rpc::Code> for Code {
    /// A number that is no code is [`Code::Unknown`].
    fn from(code: rpc::Code) -> Self {
        Self::from(i32::from(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::{BadRequest, ErrorInfo, Help};

    #[test]
    fn details_are_added_and_found() {
        let status = Status::aborted("told so");
        assert_eq!((status.detail::<BadRequest>(), status.to_rpc().details.len()), (None, 0));
        let (first, second) = (BadRequest::default().violation("a", "b"), BadRequest::default());
        let info = ErrorInfo::new("REASON", "example.com").metadata("key", "value");
        let status = status.with_detail(first.clone()).with_detail(second).with_detail(info.clone());
        assert_eq!(status.detail::<BadRequest>(), Some(first));
        assert_eq!(status.detail::<ErrorInfo>(), Some(info));
        assert_eq!(status.detail::<Help>(), None);
        let message = status.to_rpc();
        assert_eq!((message.code, &message.message[..], message.details.len()), (10, "told so", 3));
        assert_eq!(message.encode(), status.details());
    }

    #[test]
    fn what_is_unknown_is_kept() {
        let unknown =
            Any { type_url: "x/some.Thing".into(), value: vec![1, 255].into(), ..Default::default() };
        let mut message =
            rpc::Status { code: 3, details: vec![unknown.clone()], ..Default::default() }.encode();
        // A field of a later version.
        message.extend([0x78, 7]);
        let status = Status::invalid_argument("").with_details(message).with_detail(Help::default());
        let found = status.to_rpc();
        assert_eq!(found.details.first(), Some(&unknown));
        assert_eq!((found.details.len(), found.unknown_fields.is_empty()), (2, false));
    }

    #[test]
    fn details_that_are_none() {
        let status = Status::internal("broken").with_details(vec![0xff]);
        assert_eq!((status.detail::<Help>(), status.to_rpc().details), (None, vec![]));
        assert_eq!(status.clone().with_detail(Help::default()).to_rpc().details.len(), 1);
        // The right type, but no message.
        let broken = Any { value: vec![0xff].into(), ..Any::pack(&Help::default()) };
        let details = rpc::Status { details: vec![broken], ..Default::default() }.encode();
        assert_eq!(status.with_details(details).detail::<Help>(), None);
    }

    #[test]
    fn results() {
        assert!(rpc::Status::default().into_result().is_ok());
        let status = Status::not_found("no such thing").with_detail(Help::default());
        let again = rpc::Status::from(&status).into_result().unwrap_err();
        assert_eq!((again.code(), again.message()), (Code::NotFound, "no such thing"));
        assert_eq!(again.details(), status.details());
        let other = rpc::Status { code: 99, ..Default::default() }.into_result().unwrap_err();
        assert_eq!(other.code(), Code::Unknown);
    }

    #[test]
    fn codes_have_the_same_numbers_and_names() {
        for code in Code::ALL {
            assert_eq!(Code::from(rpc::Code::from(code)), code);
            assert_eq!(crate::Enumeration::name(rpc::Code::from(code)), Some(code.name()));
        }
        assert_eq!(Code::from(rpc::Code::from(99)), Code::Unknown);
    }
}
