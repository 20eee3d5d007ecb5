//! A service account: the key file that Google's console gives, and the tokens that it is good for.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rsgrpc::{CallCredentials, CallTarget, Metadata, Status};
use rsgrpc_interop::Result;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a token is good for, in seconds.
const LIFETIME: u64 = 3600;

/// As credentials it signs a token for each service that is called.
pub(crate) struct Account {
    pub(crate) email: String,
    key_id: String,
    key: KeyPair,
    token_uri: String,
}

impl Account {
    /// Reads a key file, which is JSON.
    pub(crate) fn read(path: &str) -> Result<Self> {
        let file: Value = serde_json::from_slice(&fs::read(path)?)?;
        let field = |name: &str| match file.get(name).and_then(Value::as_str) {
            Some(value) => Ok(value.to_owned()),
            None => Err(format!("{path} has no {name}")),
        };
        Ok(Self {
            email: field("client_email")?,
            key_id: field("private_key_id")?,
            key: KeyPair::from_pkcs8(&pem(&field("private_key")?)?)?,
            token_uri: field("token_uri")?,
        })
    }

    /// A token that the server of the key file gives for a signed assertion (RFC 7523 §2.1).
    pub(crate) async fn access_token(&self, scope: &str) -> Result<String> {
        let assertion = self.sign(&self.token_uri, Some(scope))?;
        // Neither has characters that a form escapes, but for the colons.
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let answer: Value = serde_json::from_str(&post(&self.token_uri, &form).await?)?;
        let token = answer.get("access_token").and_then(Value::as_str);
        Ok(token.ok_or_else(|| format!("the token server says {answer}"))?.to_owned())
    }

    /// A token of the account's own (RFC 7519), with RS256.
    fn sign(&self, audience: &str, scope: Option<&str>) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let Self { email, key_id, key, .. } = self;
        let mut claims =
            json!({ "iss": email, "sub": email, "aud": audience, "iat": now, "exp": now + LIFETIME });
        if let (Some(scope), Some(claims)) = (scope, claims.as_object_mut()) {
            claims.insert("scope".to_owned(), scope.into());
        }
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key_id });
        let [header, claims] = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// What is between the lines that PEM begins and ends with.
fn pem(text: &str) -> Result<Vec<u8>> {
    let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    Ok(BASE64_STANDARD.decode(lines)?)
}

impl CallCredentials for Account {
    async fn attach(
        &self,
        call: &CallTarget<'_>,
        metadata: &mut Metadata,
    ) -> std::result::Result<(), Status> {
        let token = self.sign(&call.service_url(), None);
        let token = token.map_err(|error| Status::unauthenticated(error.to_string()))?;
        metadata.insert("authorization", &format!("Bearer {token}"))?;
        Ok(())
    }
}

/// Sends a form by HTTP/1.0, which has no chunks, and returns the body of the answer.
async fn post(uri: &str, form: &str) -> Result<String> {
    let rest = uri.strip_prefix("http://").ok_or("only token servers without TLS are known here")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut socket = TcpStream::connect(host).await?;
    let head = format!(
        "POST /{path} HTTP/1.0\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n",
        form.len()
    );
    socket.write_all(&[head.as_bytes(), form.as_bytes()].concat()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("the token server speaks no HTTP")?;
    Ok(body.to_owned())
}
