//! What a stub knows about a method: its path, its kind and its messages' codec.

use crate::codec::{Codec, Coding};
use http::uri::PathAndQuery;
use std::fmt;
use std::sync::OnceLock;

/// A method of a service. Generated code holds one `static` per method, for clients and servers alike.
///
/// ```
/// use rsgrpc::wkt::{Duration, Timestamp};
/// use rsgrpc::{Kind, Method, Protobuf};
///
/// static AFTER: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Unary, "/clock.v1.Clock/After");
/// assert_eq!((AFTER.service(), AFTER.name()), ("clock.v1.Clock", "After"));
/// ```
pub struct Method<Req, Res> {
    kind: Kind,
    /// `/service/method`, checked by `new`.
    path: &'static str,
    /// Where the second slash of `path` is: 0 < `slash` < `path.len()`.
    slash: usize,
    request: Coding<Req>,
    response: Coding<Res>,
    /// The path as HTTP/2 wants it, parsed by the first call.
    target: OnceLock<PathAndQuery>,
}

/// Which side of a call sends one message and which many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One request, one response.
    Unary,
    /// Many requests, one response.
    ClientStreaming,
    /// One request, many responses.
    ServerStreaming,
    /// Many requests, many responses, in any order.
    Bidi,
}

impl Kind {
    /// Whether the client sends any number of messages.
    #[must_use]
    pub const fn streams_requests(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidi)
    }

    /// Whether the server sends any number of messages.
    #[must_use]
    pub const fn streams_responses(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidi)
    }
}

impl<Req, Res> Method<Req, Res> {
    /// A method whose messages `C` encodes. The path is `/package.Service/Method`.
    ///
    /// # Panics
    /// The path is none. In a `static` that is an error at compile time.
    #[must_use]
    pub const fn new<C: Codec<Req> + Codec<Res>>(kind: Kind, path: &'static str) -> Self {
        let slash = check(path);
        let (request, response) = (Coding::of::<C>(), Coding::of::<C>());
        Self { kind, path, slash, request, response, target: OnceLock::new() }
    }

    /// Which side streams.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The path, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The full name of the service, such as `library.v1.Library`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.path.get(1..self.slash).unwrap_or_default()
    }

    /// The name of the method, such as `GetBook`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.get(self.slash + 1..).unwrap_or_default()
    }

    pub(crate) fn request(&self) -> &Coding<Req> {
        &self.request
    }

    pub(crate) fn response(&self) -> &Coding<Res> {
        &self.response
    }

    pub(crate) fn target(&self) -> &PathAndQuery {
        self.target.get_or_init(|| PathAndQuery::from_static(self.path))
    }
}

/// Calls of methods that only a pool knows, in both directions with messages that are encoded already.
#[cfg(feature = "reflect")]
mod dynamic {
    use super::{Kind, Method};
    use crate::codec::Protobuf;
    use crate::reflect::MethodDescriptor;
    use bytes::Bytes;
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    type Raw = &'static Method<Bytes, Bytes>;

    /// Calls hold their method for as long as the program runs, so that each is made once and kept: as many as there
    /// are names.
    static METHODS: LazyLock<Mutex<HashMap<(String, Kind), Raw>>> = LazyLock::new(Mutex::default);

    impl MethodDescriptor {
        /// The method, to be called on a channel with encoded messages.
        ///
        /// ```no_run
        /// # async fn call(channel: rsgrpc::Channel, pool: rsgrpc::reflect::DescriptorPool)
        /// # -> Result<(), Box<dyn std::error::Error>> {
        /// use rsgrpc::reflect::DynamicMessage;
        ///
        /// let get = pool.service("library.v1.Library").and_then(|library| library.method("GetBook"));
        /// let get = get.ok_or("no such method")?;
        /// let request = DynamicMessage::from_json(get.input(), r#"{"isbn": "978"}"#)?;
        /// let reply = channel.unary(get.method(), request.encode().into()).await?;
        /// println!("{}", DynamicMessage::decode(get.output(), &reply)?.to_json()?);
        /// # Ok(())
        /// # }
        /// ```
        #[must_use]
        pub fn method(&self) -> &'static Method<Bytes, Bytes> {
            let kind = match (self.streams_requests(), self.streams_responses()) {
                (false, false) => Kind::Unary,
                (true, false) => Kind::ClientStreaming,
                (false, true) => Kind::ServerStreaming,
                (true, true) => Kind::Bidi,
            };
            let path = format!("/{}/{}", self.service().full_name(), self.name());
            let mut methods = METHODS.lock().unwrap_or_else(PoisonError::into_inner);
            methods.entry((path, kind)).or_insert_with_key(|(path, kind)| {
                // Names are identifiers, of which this makes a path.
                Box::leak(Box::new(Method::new::<Protobuf>(*kind, path.clone().leak())))
            })
        }
    }
}

/// The position of the last slash of `/service/method`.
#[expect(clippy::indexing_slicing, reason = "`at` runs below the length; `get` is not const")]
const fn check(path: &str) -> usize {
    let bytes = path.as_bytes();
    assert!(!bytes.is_empty() && bytes[0] == b'/', "the path of a method begins with a slash");
    let (mut slash, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        assert!(byte.is_ascii_graphic() && byte != b'?' && byte != b'#', "a path is of plain ASCII");
        if byte == b'/' {
            slash = at;
        }
        at += 1;
    }
    assert!(slash > 1 && slash + 1 < bytes.len(), "the path of a method is /service/method");
    slash
}

impl<Req, Res> fmt::Debug for Method<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method").field("path", &self.path).field("kind", &self.kind).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Writer;
    use crate::status::Status;
    use bytes::Bytes;

    struct Plain;
    impl Codec<Bytes> for Plain {
        fn encode(item: &Bytes, out: &mut Writer) -> Result<(), Status> {
            out.prepend(item);
            Ok(())
        }
        fn decode(frame: Bytes) -> Result<Bytes, Status> {
            Ok(frame)
        }
    }

    static METHOD: Method<Bytes, Bytes> = Method::new::<Plain>(Kind::Bidi, "/library.v1.Library/GetBook");

    #[test]
    fn a_path_has_two_parts() {
        assert_eq!((METHOD.service(), METHOD.name()), ("library.v1.Library", "GetBook"));
        assert_eq!(METHOD.target(), "/library.v1.Library/GetBook");
        assert!(METHOD.kind().streams_requests() && METHOD.kind().streams_responses());
        assert_eq!(format!("{METHOD:?}"), "Method { path: \"/library.v1.Library/GetBook\", kind: Bidi }");
    }

    #[test]
    fn what_is_no_path_panics() {
        for path in ["", "/", "//", "/a", "/a/", "//b", "a/b", "/a/b c", "/a/b?c", "/a/b#", "/ä/b"] {
            let made = std::panic::catch_unwind(|| Method::<Bytes, Bytes>::new::<Plain>(Kind::Unary, path));
            assert!(made.is_err(), "{path}");
        }
    }
}
