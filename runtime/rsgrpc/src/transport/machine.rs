//! Addresses that are reached without a network: Unix sockets, and sockets between a virtual machine and its
//! host.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

/// Such an address, as gRPC's `naming.md` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MachineAddress {
    /// A path. Where it begins with a NUL it is the name of an abstract socket, which Linux has.
    Unix(PathBuf),
    /// A context identifier and a port (vsock(7)).
    Vsock { cid: u32, port: u32 },
}

impl MachineAddress {
    /// Understands `unix:path`, `unix:///path`, `unix-abstract:name` and `vsock:cid:port`; nothing where it is
    /// an address of another kind.
    ///
    /// # Errors
    /// How it has to be written.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, &'static str>> {
        let (scheme, rest) = text.split_once(':')?;
        Some(match scheme {
            "unix" => unix(rest).ok_or("the socket is missing; write unix:path or unix:///path"),
            "unix-abstract" => abstract_name(rest).ok_or("the socket is missing; write unix-abstract:name"),
            "vsock" => vsock(rest).ok_or("write vsock:cid:port, in numbers"),
            _ => return None,
        })
    }

    /// What to say of it where it cannot be used.
    #[cfg(not(all(unix, feature = "vsock", target_os = "linux")))]
    pub(crate) fn unsupported(&self) -> std::io::Error {
        let problem = match self {
            Self::Unix(_) => "there are no Unix sockets on this platform",
            Self::Vsock { .. } => "vsock needs Linux, and the feature vsock",
        };
        std::io::Error::new(std::io::ErrorKind::Unsupported, problem)
    }
}

fn unix(rest: &str) -> Option<MachineAddress> {
    let path = match rest.strip_prefix("//") {
        Some(path) if path.starts_with('/') => path,
        Some(_) => return None,
        None => rest,
    };
    // A NUL would make it abstract, or end it.
    let is_path = !path.is_empty() && !path.contains('\0');
    is_path.then(|| MachineAddress::Unix(path.into()))
}

fn abstract_name(name: &str) -> Option<MachineAddress> {
    let mut path = OsString::from("\0");
    path.push(name);
    (!name.is_empty()).then(|| MachineAddress::Unix(path.into()))
}

fn vsock(rest: &str) -> Option<MachineAddress> {
    let (cid, port) = rest.split_once(':')?;
    // `parse` would accept a plus sign.
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(cid) || !is_number(port) {
        return None;
    }
    Some(MachineAddress::Vsock { cid: cid.parse().ok()?, port: port.parse().ok()? })
}

impl fmt::Display for MachineAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => {
                let path = path.to_string_lossy();
                match path.strip_prefix('\0') {
                    Some(name) => write!(f, "unix-abstract:{name}"),
                    None => write!(f, "unix:{path}"),
                }
            }
            Self::Vsock { cid, port } => write!(f, "vsock:{cid}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, address, printed) in [
            ("unix:run/it", MachineAddress::Unix("run/it".into()), "unix:run/it"),
            ("unix:/run/it", MachineAddress::Unix("/run/it".into()), "unix:/run/it"),
            ("unix:///run/it", MachineAddress::Unix("/run/it".into()), "unix:/run/it"),
            ("unix-abstract:it", MachineAddress::Unix("\0it".into()), "unix-abstract:it"),
            ("vsock:2:50051", MachineAddress::Vsock { cid: 2, port: 50051 }, "vsock:2:50051"),
            (
                "vsock:4294967295:4294967295",
                MachineAddress::Vsock { cid: u32::MAX, port: u32::MAX },
                "vsock:4294967295:4294967295",
            ),
        ] {
            assert_eq!(MachineAddress::parse(text), Some(Ok(address.clone())), "{text}");
            assert_eq!(address.to_string(), printed);
        }
    }

    #[test]
    fn what_is_none() {
        for text in ["localhost:1", "unix", "UNIX:it", "http://unix:1", ""] {
            assert_eq!(MachineAddress::parse(text), None, "{text}");
        }
        for text in [
            "unix:",
            "unix://",
            "unix://run/it",
            "unix:a\0b",
            "unix-abstract:",
            "vsock:2",
            "vsock:2:",
            "vsock::1",
            "vsock:+2:1",
            "vsock:2:4294967296",
            "vsock:2:1:1",
        ] {
            assert!(matches!(MachineAddress::parse(text), Some(Err(_))), "{text}");
        }
    }
}
