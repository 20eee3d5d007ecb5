//! What is called, and how to connect to it.

use rsgrpc::{Channel, ChannelBuilder};
use rsgrpc_interop::{Flags, Result};

/// The server that the flags name.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    address: String,
}

impl Target {
    pub(crate) fn new(flags: &Flags) -> Result<Self> {
        let host = flags.get("server_host").unwrap_or("localhost");
        let port: u16 = flags.required("server_port")?.parse()?;
        Ok(Self { address: format!("{host}:{port}") })
    }

    /// A channel that shares no connection with others.
    pub(crate) fn connect(&self) -> Result<Channel> {
        self.connect_with(self.builder())
    }

    /// A channel with further settings.
    pub(crate) fn connect_with(&self, builder: ChannelBuilder) -> Result<Channel> {
        Ok(builder.connect(&format!("http://{}", self.address))?)
    }

    /// The settings of a channel to the server.
    pub(crate) fn builder(&self) -> ChannelBuilder {
        ChannelBuilder::new()
    }
}
