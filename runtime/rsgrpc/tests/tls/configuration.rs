//! What cannot be used, and how it is told.

use crate::certificates::Authority;
use crate::support::quick;
use rsgrpc::Channel;
use rsgrpc::tls::{ClientTls, Identity, Roots};

#[track_caller]
fn told<T>(result: Result<T, impl std::error::Error>, expected: &str) {
    let Err(error) = result else { panic!("no error") };
    assert_eq!(error.to_string(), expected);
}

#[test]
fn identities() {
    let authority = Authority::new("ours");
    let (one, two) = (authority.issue(&["one"]), authority.issue(&["two"]));
    told(Identity::from_pem("", one.key_pem()), "there is no certificate");
    told(Identity::from_pem(one.certificate_pem(), ""), "there is no private key");
    told(
        Identity::from_pem(one.certificate_pem(), two.key_pem()),
        "the certificate and its key: keys may not be consistent: KeyMismatch",
    );
    let file = one.certificate_pem() + &one.key_pem();
    assert_eq!(
        Identity::from_pem(&file, &file).unwrap(),
        Identity::from_der([one.certificate], one.key).unwrap()
    );
    assert_ne!(Identity::from_pem(&file, &file).unwrap(), two.identity());
    let error = Identity::from_files("/no/such/file", "/no/such/key").unwrap_err();
    assert_eq!(error.to_string(), "/no/such/file: No such file or directory (os error 2)");
    assert!(std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>()));
    // What is printed shows nothing of the key.
    assert_eq!(format!("{:?}", two.identity()), "Identity { certificates: 1, .. }");
}

#[test]
fn roots() {
    told(Roots::from_pem("no PEM at all"), "there is no root certificate");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    told(Roots::from_pem(broken), "a root certificate: invalid peer certificate: BadEncoding");
    let (one, two) = (Authority::new("one"), Authority::new("two"));
    let both = Roots::from_der([one.der(), two.der()]).unwrap();
    assert_eq!(both, one.roots().and(&two.roots()));
    assert_ne!(both, one.roots());
}

#[test]
fn targets() {
    let tls = ClientTls::new(Authority::new("ours").roots());
    told(
        quick().tls(tls.clone()).connect("http://localhost:1"),
        "target \"http://localhost:1\": http is not encrypted, but TLS was configured; write https",
    );
    told(
        quick().authority("not a host").connect("http://localhost:1"),
        "target \"http://localhost:1\": the authority \"not a host\" is neither a name nor an address",
    );
    quick().tls(tls).connect("https://localhost").unwrap();
    if cfg!(not(any(feature = "webpki-roots", feature = "native-roots"))) {
        told(
            Channel::connect("https://localhost:1"),
            "target \"https://localhost:1\": https needs TLS: ChannelBuilder::tls, or the feature webpki-roots or \
             native-roots",
        );
    }
}
