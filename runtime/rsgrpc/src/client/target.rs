//! The name of what a channel talks to: parsed once, resolved for each connection.

use crate::transport::MachineAddress;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;

/// What [`Channel::connect`](super::Channel::connect) was told to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// How errors call it.
    pub(super) name: String,
    /// What `:authority` says.
    pub(super) authority: String,
    pub(super) endpoint: Endpoint,
    /// Whether it names TLS, or plaintext. Absent where the builder decides.
    pub(super) tls: Option<bool>,
}

/// Where the addresses come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A name that the system's resolver knows, or a literal address.
    Host { host: String, port: u16 },
    /// Literal addresses; the first one that answers serves.
    Addresses(Vec<SocketAddr>),
    /// No network.
    Machine(MachineAddress),
}

impl Target {
    /// Understands `http://host:port`, `https://host:port`, `host:port`, `dns:///host:port`, `dns:host:port`,
    /// `ipv4:1.2.3.4:5,6.7.8.9:10`, `ipv6:[::1]:5`, and what [`MachineAddress`] does (gRPC's `naming.md`).
    pub(super) fn parse(text: &str) -> Result<Self, ChannelError> {
        let error = |problem| ChannelError { target: text.into(), problem };
        for (scheme, port, tls) in [("http://", 80, false), ("https://", 443, true)] {
            if let Some(rest) = text.strip_prefix(scheme) {
                let target = host(rest.strip_suffix('/').unwrap_or(rest), Some(port)).map_err(error)?;
                return Ok(Self { tls: Some(tls), ..target });
            }
        }
        if let Some(rest) = text.strip_prefix("dns:") {
            let endpoint = match rest.strip_prefix("//") {
                None => rest,
                Some(rest) => match rest.split_once('/') {
                    Some(("", endpoint)) => endpoint,
                    Some(_) => return Err(error(Problem::DnsServer)),
                    None => return Err(error(Problem::NoHost)),
                },
            };
            return host(endpoint, None).map_err(error);
        }
        if let Some(address) = MachineAddress::parse(text) {
            let address = address.map_err(|problem| error(Problem::Machine(problem)))?;
            let (name, authority) = (address.to_string(), "localhost".into());
            return Ok(Self { name, authority, endpoint: Endpoint::Machine(address), tls: None });
        }
        for (scheme, v6) in [("ipv4:", false), ("ipv6:", true)] {
            if let Some(rest) = text.strip_prefix(scheme) {
                return addresses(rest, v6).map_err(error);
            }
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(error(Problem::Scheme(scheme.into())));
        }
        host(text, None).map_err(error)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn host(text: &str, default_port: Option<u16>) -> Result<Target, Problem> {
    if text.contains('/') {
        return Err(Problem::Path);
    }
    if text.contains('@') {
        return Err(Problem::User);
    }
    // Only an address of IPv6 has colons of its own; it stands in brackets.
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => {
            let (inner, rest) = inner.split_once(']').ok_or(Problem::Host)?;
            if inner.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(Problem::Host);
            }
            (inner, rest)
        }
        None => match text.find(':') {
            Some(colon) => text.split_at(colon),
            None => (text, ""),
        },
    };
    if host.is_empty() {
        return Err(Problem::NoHost);
    }
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !text.starts_with('[') && !host.bytes().all(is_name_byte) {
        return Err(Problem::Host);
    }
    let port = match rest.strip_prefix(':') {
        // `parse` would accept a plus sign.
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            port.parse().map_err(|_| Problem::Port)?
        }
        Some(_) => return Err(Problem::Port),
        None if rest.is_empty() => default_port.ok_or(Problem::NoPort)?,
        None => return Err(Problem::Host),
    };
    let endpoint = Endpoint::Host { host: host.into(), port };
    Ok(Target { name: text.into(), authority: text.into(), endpoint, tls: None })
}

fn addresses(text: &str, v6: bool) -> Result<Target, Problem> {
    let parsed = text.split(',').map(|text| match text.parse::<SocketAddr>() {
        Ok(address) if address.is_ipv6() == v6 => Ok(address),
        _ => Err(Problem::Address(text.into())),
    });
    let addresses = parsed.collect::<Result<Vec<_>, _>>()?;
    let authority = addresses.first().map(SocketAddr::to_string).unwrap_or_default();
    Ok(Target { name: text.into(), authority, endpoint: Endpoint::Addresses(addresses), tls: None })
}

/// A channel that cannot be, whatever the network is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelError {
    target: String,
    problem: Problem,
}

impl ChannelError {
    pub(super) fn new(target: &str, problem: Problem) -> Self {
        Self { target: target.into(), problem }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    NoHost,
    NoPort,
    Host,
    Port,
    Path,
    User,
    Authority(String),
    Exposed,
    #[cfg_attr(
        any(feature = "native-roots", feature = "webpki-roots"),
        expect(dead_code, reason = "there are roots")
    )]
    NoTls,
    #[cfg(feature = "_tls")]
    NotTls,
    #[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
    Roots(String),
    DnsServer,
    Scheme(String),
    Address(String),
    Machine(&'static str),
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "target {:?}: ", self.target)?;
        match &self.problem {
            Problem::NoHost => f.write_str("the host is missing"),
            Problem::NoPort => f.write_str("the port is missing; write host:port"),
            Problem::Host => f.write_str("the host is neither a name nor an address"),
            Problem::Port => f.write_str("the port is not a number from 0 to 65535"),
            Problem::Path => f.write_str("a channel has no path; methods bring theirs"),
            Problem::User => f.write_str("a channel has no user and password; send metadata"),
            Problem::Exposed => f.write_str("credentials are not sent in plaintext; write https, or use TLS"),
            Problem::Authority(authority) => {
                write!(f, "the authority {authority:?} is neither a name nor an address")
            }
            Problem::NoTls => f.write_str(
                "https needs TLS: ChannelBuilder::tls, or the feature webpki-roots or native-roots",
            ),
            #[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
            Problem::Roots(problem) => f.write_str(problem),
            #[cfg(feature = "_tls")]
            Problem::NotTls => f.write_str("http is not encrypted, but TLS was configured; write https"),
            Problem::DnsServer => f.write_str("a DNS server cannot be chosen; write dns:///host:port"),
            Problem::Scheme(scheme) => {
                write!(f, "unknown scheme {scheme:?}; known are http, https, dns, ipv4, ipv6, unix and vsock")
            }
            Problem::Machine(problem) => f.write_str(problem),
            Problem::Address(address) => write!(f, "{address:?} is not an address with a port"),
        }
    }
}

impl Error for ChannelError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn named(text: &str, host: &str, port: u16, authority: &str) {
        let target = Target::parse(text).unwrap();
        assert_eq!(target.endpoint, Endpoint::Host { host: host.into(), port });
        assert_eq!(target.authority, authority);
    }

    #[track_caller]
    fn refused(text: &str, problem: &str) {
        assert_eq!(Target::parse(text).unwrap_err().to_string(), format!("target {text:?}: {problem}"));
    }

    #[test]
    fn names() {
        named("http://127.0.0.1:50051", "127.0.0.1", 50051, "127.0.0.1:50051");
        named("http://example.com/", "example.com", 80, "example.com");
        named("http://[::1]:7", "::1", 7, "[::1]:7");
        named("http://[::1]", "::1", 80, "[::1]");
        named("https://example.com", "example.com", 443, "example.com");
        named("localhost:50051", "localhost", 50051, "localhost:50051");
        named("dns:///my_service.local:1", "my_service.local", 1, "my_service.local:1");
        named("dns:my-service:1", "my-service", 1, "my-service:1");
    }

    #[test]
    fn literal_addresses() {
        let target = Target::parse("ipv4:1.2.3.4:5,6.7.8.9:10").unwrap();
        assert_eq!(target.authority, "1.2.3.4:5");
        let expected = ["1.2.3.4:5", "6.7.8.9:10"].map(|text| text.parse().unwrap());
        assert_eq!(target.endpoint, Endpoint::Addresses(expected.into()));
        assert_eq!(Target::parse("ipv6:[::1]:5").unwrap().authority, "[::1]:5");
    }

    #[test]
    fn without_a_network() {
        let target = Target::parse("unix:///run/it").unwrap();
        assert_eq!(target.endpoint, Endpoint::Machine(MachineAddress::Unix("/run/it".into())));
        assert_eq!((target.authority.as_str(), target.to_string()), ("localhost", "unix:/run/it".to_owned()));
        refused("unix:", "the socket is missing; write unix:path or unix:///path");
        refused("vsock:host:1", "write vsock:cid:port, in numbers");
    }

    #[test]
    fn bad_targets_say_why() {
        refused("", "the host is missing");
        refused(":80", "the host is missing");
        refused("http://", "the host is missing");
        refused("dns://host:1", "the host is missing");
        refused("localhost", "the port is missing; write host:port");
        refused("localhost:", "the port is not a number from 0 to 65535");
        refused("localhost:+1", "the port is not a number from 0 to 65535");
        refused("localhost:65536", "the port is not a number from 0 to 65535");
        refused("::1:50051", "the host is missing");
        refused("[::1:50051", "the host is neither a name nor an address");
        refused("[host]:1", "the host is neither a name nor an address");
        refused("[::1]x:1", "the host is neither a name nor an address");
        refused("ho st:1", "the host is neither a name nor an address");
        refused("höst:1", "the host is neither a name nor an address");
        refused("http://host/path", "a channel has no path; methods bring theirs");
        refused("http://me:secret@host:1", "a channel has no user and password; send metadata");
        refused("dns://8.8.8.8/host:1", "a DNS server cannot be chosen; write dns:///host:port");
        refused(
            "ftp://host:1",
            "unknown scheme \"ftp\"; known are http, https, dns, ipv4, ipv6, unix and vsock",
        );
        refused("ipv4:[::1]:5", "\"[::1]:5\" is not an address with a port");
        refused("ipv4:1.2.3.4:5,", "\"\" is not an address with a port");
    }
}
