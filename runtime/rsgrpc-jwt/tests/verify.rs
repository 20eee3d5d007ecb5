//! Tokens of all kinds, before a server in this process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use aws_lc_rs::{encoding::AsDer, rsa};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use rsgrpc::{
    BearerToken, Bytes, Call, CallFuture, Channel, ChannelBuilder, Code, Codec, Kind, Method, Server,
    Service, Status, Writer,
};
use rsgrpc_jwt::{Claims, Keys, Verifier};
use serde_json::{Value, json};

const ISSUER: &str = "https://accounts.example.com";
const AUDIENCE: &str = "https://shop.example.com";

struct Text;

impl Codec<String> for Text {
    fn encode(item: &String, out: &mut Writer) -> Result<(), Status> {
        out.prepend(item.as_bytes());
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<String, Status> {
        String::from_utf8(frame.into()).map_err(|_| Status::internal("not UTF-8"))
    }
}

static WHO: Method<String, String> = Method::new::<Text>(Kind::Unary, "/test.Who/Am");
static CHECK: Method<String, String> = Method::new::<Text>(Kind::Unary, "/test.Health/Check");

/// Answers with the claims.
struct Who(&'static str, &'static Method<String, String>);

impl Service for Who {
    fn name(&self) -> &'static str {
        self.0
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.unary(self.1, |ctx, _: String| async move {
            Ok(match ctx.get::<Claims>() {
                None => "nobody".to_owned(),
                Some(claims) => {
                    let scopes: Vec<&str> = claims.scopes().collect();
                    format!("{:?} {:?} {scopes:?}", claims.subject(), claims.issuer())
                }
            })
        })
    }
}

/// A key of the issuer.
struct Signer {
    key: EncodingKey,
    algorithm: Algorithm,
    id: &'static str,
}

impl Signer {
    fn ec(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self { key, algorithm: Algorithm::ES256, id }
    }

    fn ec384(id: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let key = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self { key, algorithm: Algorithm::ES384, id }
    }

    fn ed(id: &'static str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let key = EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref());
        Self { key, algorithm: Algorithm::EdDSA, id }
    }

    fn rsa(id: &'static str, algorithm: Algorithm) -> Self {
        let pair = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8 = pair.as_der().unwrap();
        // PKCS #8 puts so many bytes before a PKCS #1 key of that size.
        Self { key: EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..]), algorithm, id }
    }

    fn hmac(id: &'static str) -> Self {
        Self {
            key: EncodingKey::from_secret(b"0123456789abcdef0123456789abcdef"),
            algorithm: Algorithm::HS256,
            id,
        }
    }

    fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.key).unwrap()
    }
}

fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// Claims that are accepted.
fn claims() -> Value {
    let expiry = get_current_timestamp() + 3600;
    json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": expiry, "sub": "alice", "scope": "read  write" })
}

fn with(change: Value) -> Value {
    let mut claims = claims();
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn serve(keys: &Keys) -> Channel {
    let verifier = Verifier::new(keys.clone(), ISSUER, AUDIENCE).audience("another").open("test.Health");
    let server = Server::new().add(Who("test.Who", &WHO)).add(Who("test.Health", &CHECK)).intercept(verifier);
    ChannelBuilder::new().local(&server.local())
}

async fn ask(channel: &Channel, token: &str) -> Result<String, Status> {
    channel.unary(&WHO, String::new()).credentials(BearerToken::new(token).unwrap()).await
}

async fn refused(channel: &Channel, token: &str, why: &str) {
    let status = ask(channel, token).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, why));
}

#[tokio::test]
async fn signatures_of_all_kinds() {
    let signers = [
        Signer::ec("ec"),
        Signer::ec384("ec384"),
        Signer::ed("ed"),
        Signer::rsa("rsa", Algorithm::RS256),
        Signer::rsa("pss", Algorithm::PS512),
        Signer::hmac("hmac"),
    ];
    let set: Vec<Value> = signers.iter().map(Signer::jwk).collect();
    let channel = serve(&Keys::from_jwks(jwks(&set)).unwrap());
    for signer in &signers {
        let token = signer.sign(&claims());
        // The second time it is remembered.
        for _ in 0..2 {
            let seen = ask(&channel, &token).await.unwrap_or_else(|status| panic!("{}: {status}", signer.id));
            assert_eq!(seen, r#"Some("alice") Some("https://accounts.example.com") ["read", "write"]"#);
        }
        let mut forged = token.clone();
        let last = if forged.pop() == Some('A') { "QA" } else { "AA" };
        forged.pop();
        forged.push_str(last);
        refused(&channel, &forged, "the token's signature is wrong").await;
    }
}

#[tokio::test]
async fn claims_that_are_not_accepted() {
    let signer = Signer::ec("key");
    let channel = serve(&Keys::from_jwks(jwks(&[signer.jwk()])).unwrap());
    let now = get_current_timestamp();
    for (change, why) in [
        (json!({ "exp": now - 61 }), "the token has expired"),
        (json!({ "exp": null }), "the token has no \"exp\""),
        (json!({ "nbf": now + 100 }), "the token is not valid yet"),
        (json!({ "iss": "https://evil.example" }), "the token is of another issuer"),
        (json!({ "iss": null }), "the token has no \"iss\""),
        (json!({ "aud": "https://bank.example" }), "the token is for another audience"),
        (json!({ "aud": [] }), "the token is for another audience"),
        (json!({ "aud": null }), "the token has no \"aud\""),
    ] {
        refused(&channel, &signer.sign(&with(change)), why).await;
    }
    for change in [
        json!({ "exp": now - 30 }),
        json!({ "nbf": now + 30 }),
        json!({ "aud": ["https://bank.example", "another"] }),
    ] {
        ask(&channel, &signer.sign(&with(change))).await.unwrap();
    }
}

#[tokio::test]
async fn tokens_that_are_none() {
    let signer = Signer::ec("key");
    let channel = serve(&Keys::from_jwks(jwks(&[signer.jwk()])).unwrap());
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims().to_string())
    );
    for token in ["x", "a.b.c", "..", &unsigned] {
        refused(&channel, token, "the token is malformed").await;
    }
    let value = Header { kid: Some("key".into()), ..Header::new(Algorithm::ES256) };
    refused(&channel, &encode(&value, &json!([1]), &signer.key).unwrap(), "the token is malformed").await;
    // What has to be understood, and is not (RFC 7515 §4.1.11).
    let critical = Header { crit: Some(vec!["b64".into()]), ..value };
    let token = encode(&critical, &claims(), &signer.key).unwrap();
    refused(&channel, &token, "the token needs an extension that is not known").await;

    let status = channel.unary(&WHO, String::new()).await.unwrap_err();
    assert_eq!(status.message(), "a bearer token is needed");
    let basic = channel.unary(&WHO, String::new()).metadata("authorization", "Basic YTpi");
    assert_eq!(basic.await.unwrap_err().message(), "a bearer token is needed");
    // The scheme may be written in any way.
    let token = format!("bearer {}", signer.sign(&claims()));
    channel.unary(&WHO, String::new()).metadata("authorization", &token).await.unwrap();

    // This service needs none.
    assert_eq!(channel.unary(&CHECK, String::new()).await.unwrap(), "nobody");
}

#[tokio::test]
async fn an_algorithm_has_to_be_the_keys() {
    let (rsa, hmac) = (Signer::rsa("key", Algorithm::RS256), Signer::hmac("key"));
    let channel = serve(&Keys::from_jwks(jwks(&[rsa.jwk()])).unwrap());
    let other = "the token is signed in a way that its key is not for";
    // A public key is no secret to sign with.
    refused(&channel, &hmac.sign(&claims()), other).await;
    let pss = Signer { algorithm: Algorithm::PS256, ..rsa };
    refused(&channel, &pss.sign(&claims()), other).await;
}

#[tokio::test]
async fn keys_are_replaced() {
    let (old, new) = (Signer::ec("old"), Signer::ec("new"));
    let keys = Keys::from_jwks(jwks(&[old.jwk()])).unwrap();
    let channel = serve(&keys);
    let (before, after) = (old.sign(&claims()), new.sign(&claims()));
    let unknown = "the token is signed with a key that is not known";
    ask(&channel, &before).await.unwrap();
    refused(&channel, &after, unknown).await;
    keys.replace(jwks(&[old.jwk(), new.jwk()])).unwrap();
    ask(&channel, &before).await.unwrap();
    ask(&channel, &after).await.unwrap();
    // What was remembered is of no use now.
    keys.replace(jwks(&[new.jwk()])).unwrap();
    refused(&channel, &before, unknown).await;
    ask(&channel, &after).await.unwrap();
    keys.replace("{}").unwrap_err();
    ask(&channel, &after).await.unwrap();
}

#[tokio::test]
async fn a_token_without_the_name_of_its_key() {
    let signer = Signer::ec("only");
    let token = encode(&Header::new(Algorithm::ES256), &claims(), &signer.key).unwrap();
    let keys = Keys::from_jwks(jwks(&[signer.jwk()])).unwrap();
    let channel = serve(&keys);
    ask(&channel, &token).await.unwrap();
    keys.replace(jwks(&[signer.jwk(), Signer::ed("other").jwk()])).unwrap();
    refused(&channel, &token, "the token is signed with a key that is not known").await;
}

#[test]
fn key_sets() {
    for (json, why) in [
        ("", "the key set: it is not JSON: EOF while parsing a value at line 1 column 0"),
        ("[]", "the key set: it has no array \"keys\""),
        ("{\"keys\": []}", "the key set: it has no key that can be used"),
        ("{\"keys\": [{\"kty\": \"novel\"}, 1, null]}", "the key set: it has no key that can be used"),
    ] {
        assert_eq!(Keys::from_jwks(json).unwrap_err().to_string(), why);
    }
    // Keys for other purposes and unknown ones do not count.
    let mut encryption = Signer::ec("enc").jwk();
    encryption["use"] = json!("enc");
    assert!(Keys::from_jwks(jwks(&[encryption.clone()])).is_err());
    let keys =
        Keys::from_jwks(jwks(&[encryption, json!({ "kty": "novel" }), Signer::ed("ed").jwk()])).unwrap();
    assert_eq!(format!("{keys:?}"), "Keys { keys: 1, .. }");
}
