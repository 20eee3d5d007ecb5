//! Calls that prove who makes them.

use rsgrpc::{BearerToken, ChannelBuilder};
use rsgrpc_interop::Result;
use rsgrpc_interop::proto::{SimpleRequest, TestServiceClient};

use crate::Client;
use crate::account::Account;
use crate::unary::{self, large_request};

/// Tokens that the account signs itself, for all calls of a channel.
pub(crate) async fn jwt_token_creds(client: Client) -> Result {
    let account = client.account()?;
    let email = account.email.clone();
    let channel = client.target.connect_with(ChannelBuilder::new().credentials(account))?;
    let request = SimpleRequest { fill_username: true, ..large_request() };
    let response = TestServiceClient::new(channel).unary_call(request).await?;
    unary::check(&response)?;
    assert_eq!(response.username, email);
    Ok(())
}

/// The same for one call.
pub(crate) async fn per_rpc_creds(client: Client) -> Result {
    let account = client.account()?;
    let email = account.email.clone();
    let request = SimpleRequest { fill_username: true, ..Default::default() };
    let response = client.service.unary_call(request).credentials(account).await?;
    assert_eq!(response.username, email);
    Ok(())
}

/// A token that a token server has given, for all calls of a channel.
pub(crate) async fn oauth2_auth_token(client: Client) -> Result {
    let account = client.account()?;
    let scope = client.flags.required("oauth_scope")?;
    let token = BearerToken::new(&account.access_token(scope).await?)?;
    let channel = client.target.connect_with(ChannelBuilder::new().credentials(token))?;
    let request = SimpleRequest { fill_username: true, fill_oauth_scope: true, ..Default::default() };
    let response = TestServiceClient::new(channel).unary_call(request).await?;
    assert_eq!(response.username, account.email);
    assert!(!response.oauth_scope.is_empty() && scope.contains(&response.oauth_scope), "{response:?}");
    Ok(())
}

impl Client {
    /// The account of the key file; if the flags name one as well, it is the same.
    fn account(&self) -> Result<Account> {
        let account = Account::read(self.flags.required("service_account_key_file")?)?;
        match self.flags.get("default_service_account") {
            Some(other) if other != account.email => Err(format!("the key is of {}", account.email).into()),
            _ => Ok(account),
        }
    }
}
