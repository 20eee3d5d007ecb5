//! What opens a call and what opens its answer.

use super::Peer;
use crate::metadata::Metadata;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, StatusCode, Uri};
use std::sync::LazyLock;

/// A header list as it travels. What applications see of it is [`Metadata`].
pub(crate) type Headers = HeaderMap;

static CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/grpc");

/// The head of a request.
pub(crate) struct RequestHead {
    pub(super) method: Method,
    pub(super) scheme: Scheme,
    pub(super) authority: Option<Authority>,
    pub(super) path: PathAndQuery,
    /// All headers, those of the protocol included; shown to applications as metadata.
    pub(super) headers: Metadata,
}

impl RequestHead {
    /// The head of a gRPC call. `headers` are complete, `te` and `content-type` included.
    pub(crate) fn new(scheme: Scheme, authority: Authority, path: PathAndQuery, headers: Headers) -> Self {
        let headers = Metadata::from_headers(headers);
        Self { method: Method::POST, scheme, authority: Some(authority), path, headers }
    }

    /// A head that says nothing.
    pub(crate) fn bare() -> Self {
        let authority = Authority::from_static("local");
        Self::new(Scheme::HTTP, authority, PathAndQuery::from_static("/"), Headers::new())
    }

    /// False where that is no path.
    pub(crate) fn set_path(&mut self, path: &str) -> bool {
        let parsed = path.starts_with('/').then(|| PathAndQuery::try_from(path));
        let Some(Ok(parsed)) = parsed else { return false };
        self.path = parsed;
        true
    }

    /// The path without a query: `/service/method`.
    pub(crate) fn path(&self) -> &str {
        self.path.path()
    }

    /// The host that the client addressed, with its port if it named one.
    pub(crate) fn authority(&self) -> Option<&str> {
        let host = || self.header(&header::HOST).and_then(|host| str::from_utf8(host).ok());
        self.authority.as_ref().map(Authority::as_str).or_else(host)
    }

    /// Whether the client sends with POST, as every gRPC call does.
    pub(crate) fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.headers
    }

    pub(crate) fn metadata_mut(&mut self) -> &mut Metadata {
        &mut self.headers
    }

    pub(crate) fn content_type(&self) -> Option<&[u8]> {
        self.header(&header::CONTENT_TYPE)
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&[u8]> {
        self.headers.headers().get(name).map(HeaderValue::as_bytes)
    }
}

impl From<http::request::Parts> for RequestHead {
    fn from(parts: http::request::Parts) -> Self {
        let uri = parts.uri.into_parts();
        Self {
            method: parts.method,
            scheme: uri.scheme.unwrap_or(Scheme::HTTP),
            authority: uri.authority,
            path: uri.path_and_query.unwrap_or(PathAndQuery::from_static("/")),
            headers: Metadata::from_headers(parts.headers),
        }
    }
}

impl From<RequestHead> for http::Request<()> {
    fn from(head: RequestHead) -> Self {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(head.scheme);
        parts.authority = head.authority;
        parts.path_and_query = Some(head.path);
        let mut request = Self::new(());
        *request.method_mut() = head.method;
        // A URI with scheme and path but no authority is none; it never comes from `RequestHead::new`.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = head.headers.into_headers();
        request
    }
}

/// The head of a response; of a trailers-only one also its end.
#[derive(Debug)]
pub(crate) struct ResponseHead {
    pub(super) status: StatusCode,
    pub(crate) headers: Headers,
}

impl ResponseHead {
    /// The head of a gRPC response without metadata.
    pub(crate) fn grpc() -> Self {
        static HEADERS: LazyLock<Headers> =
            LazyLock::new(|| Headers::from_iter([(header::CONTENT_TYPE, CONTENT_TYPE.clone())]));
        Self { status: StatusCode::OK, headers: HEADERS.clone() }
    }

    /// HTTP's answer to another method than POST.
    pub(crate) fn method_not_allowed() -> Self {
        let headers = Headers::from_iter([(header::ALLOW, HeaderValue::from_static("POST"))]);
        Self { status: StatusCode::METHOD_NOT_ALLOWED, headers }
    }

    /// HTTP's answer to a content type that is not known.
    pub(crate) fn unsupported_media_type() -> Self {
        Self { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, headers: Headers::new() }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

/// A call that has arrived at a server.
pub(crate) struct Accepted {
    pub(crate) head: RequestHead,
    pub(crate) body: super::Body,
    pub(crate) outgoing: super::Outgoing,
    pub(crate) peer: Peer,
}

#[cfg(feature = "tower")]
impl ResponseHead {
    pub(crate) fn into_response<B>(self, body: B) -> http::Response<B> {
        let mut response = http::Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

#[cfg(feature = "tower")]
impl From<http::response::Parts> for ResponseHead {
    fn from(parts: http::response::Parts) -> Self {
        Self { status: parts.status, headers: parts.headers }
    }
}
