//! TLS in which both sides show a certificate, and each way in which that fails.

use crate::{Client, Result, fails, get};
use product::proto::ecommerce::ProductServiceClient;
use rsgrpc::tls::{ClientTls, Identity, Roots};
use rsgrpc::{BearerToken, Channel, ChannelBuilder, Code};
use std::path::{Path, PathBuf};

/// A folder of certificates, and a server that has one of them.
pub(crate) struct Secured {
    folder: PathBuf,
    address: String,
}

impl Secured {
    /// `CERTIFICATES` names the folder, if there is to be TLS.
    pub(crate) fn new(address: &str) -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("CERTIFICATES")?);
        Some(Self { folder, address: address.to_owned() })
    }

    /// What a client of this server ought to do.
    pub(crate) fn channel(&self) -> Result<Channel> {
        self.connect(ChannelBuilder::new().tls(self.tls("ca", Some("client"))?))
    }

    pub(crate) async fn run(&self, name: &str) -> Result {
        let builder = ChannelBuilder::new();
        let builder = match name {
            "secured-identity" => return self.identity().await,
            "secured-no-certificate" => builder.tls(self.tls("ca", None)?),
            "secured-strange-certificate" => builder.tls(self.tls("ca", Some("stranger"))?),
            "secured-strange-server" => builder.tls(self.tls("other-ca", Some("client"))?),
            "secured-other-name" => builder.tls(self.tls("ca", Some("client"))?).authority("other.example"),
            "secured-plaintext" => {
                let channel = Channel::connect(&format!("http://{}", self.address))?;
                return self.refuses(channel).await;
            }
            _ => return Err("there is no such case here".into()),
        };
        self.refuses(self.connect(builder)?).await
    }

    /// The server knows the client by its certificate and by its token.
    async fn identity(&self) -> Result {
        let builder = ChannelBuilder::new().tls(self.tls("ca", Some("client"))?);
        let channel = self.connect(builder.credentials(BearerToken::new("token-of-the-client")?))?;
        let products = ProductServiceClient::new(channel.clone());
        let seen = Client { products, channel }.drill("identity").await?;
        assert_eq!((&*seen.name, &*seen.description), ("client", "Bearer token-of-the-client"));
        Ok(())
    }

    async fn refuses(&self, channel: Channel) -> Result {
        let products = ProductServiceClient::new(channel);
        let status = fails(Code::Unavailable, products.get_product(get("prod-123")).await);
        assert!(!status.is_from_peer(), "{status}");
        Ok(())
    }

    fn connect(&self, builder: ChannelBuilder) -> Result<Channel> {
        Ok(builder.connect(&format!("https://{}", self.address))?)
    }

    fn tls(&self, ca: &str, identity: Option<&str>) -> Result<ClientTls> {
        let file = |name: &str, kind: &str| Path::new(&self.folder).join(name).with_extension(kind);
        let tls = ClientTls::new(Roots::from_file(file(ca, "pem"))?);
        Ok(match identity {
            None => tls,
            Some(name) => tls.identity(Identity::from_files(file(name, "pem"), file(name, "key"))?),
        })
    }
}
