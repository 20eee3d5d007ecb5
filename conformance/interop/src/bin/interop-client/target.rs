//! What is called, and how to connect to it.

use rsgrpc::tls::{ClientTls, Roots};
use rsgrpc::{Channel, ChannelBuilder};
use rsgrpc_interop::{CREDENTIALS, Flags, Result};

/// The server that the flags name.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    address: String,
    /// Another name to call the server by, of which its certificate has to be.
    name: Option<String>,
    tls: Option<ClientTls>,
}

impl Target {
    /// What the flags say of the server; `port` is the one that names its port.
    pub(crate) fn new(flags: &Flags, port: &str) -> Result<Self> {
        if let Some(kind) = flags.get("custom_credentials_type") {
            return Err(format!("there are no credentials of type {kind} here").into());
        }
        let tls = match (flags.parsed("use_tls", false)?, flags.parsed("use_test_ca", false)?) {
            (false, _) => None,
            (true, false) => Some(ClientTls::new(Roots::native()?)),
            (true, true) => {
                let standard = format!("{CREDENTIALS}/ca.pem");
                Some(ClientTls::new(Roots::from_file(flags.get("ca_file").unwrap_or(&standard))?))
            }
        };
        let name = flags.get("server_host_override").map(str::to_owned);
        Ok(Self { name, tls, ..Self::plaintext(flags, port)? })
    }

    /// The same without TLS, whatever the flags say of it.
    pub(crate) fn plaintext(flags: &Flags, port: &str) -> Result<Self> {
        let host = flags.get("server_host").unwrap_or("localhost");
        let port: u16 = flags.required(port)?.parse()?;
        Ok(Self { address: format!("{host}:{port}"), name: None, tls: None })
    }

    /// A channel that shares no connection with others.
    pub(crate) fn connect(&self) -> Result<Channel> {
        self.connect_with(ChannelBuilder::new())
    }

    /// A channel with further settings.
    pub(crate) fn connect_with(&self, mut builder: ChannelBuilder) -> Result<Channel> {
        if let Some(name) = &self.name {
            builder = builder.authority(name);
        }
        let Self { address, tls, .. } = self;
        Ok(match tls {
            None => builder.connect(&format!("http://{address}"))?,
            Some(tls) => builder.tls(tls.clone()).connect(&format!("https://{address}"))?,
        })
    }
}
