//! Certificates and roots that are replaced while they are used.

use crate::certificates::{Authority, Issued};
use crate::support::{Served, ask, limited};
use rsgrpc::tls::{ClientTls, Identity, Live, ServerTls};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

#[tokio::test]
async fn a_server_changes_its_certificate_under_traffic() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let identity = Live::new(old.issue(&["localhost"]).identity());
    let served = Served::start(ServerTls::new(identity.clone())).await;
    let client = |authority: &Authority| served.channel(ClientTls::new(authority.roots()));

    let before = client(&old);
    ask(&before, "hello").await.unwrap();
    let (stop, calls) = (Arc::new(AtomicBool::new(false)), before.clone());
    let traffic = tokio::spawn({
        let stop = stop.clone();
        async move {
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                ask(&calls, "hello").await.unwrap();
                count += 1;
            }
            count
        }
    });
    identity.set(new.issue(&["localhost"]).identity());
    ask(&client(&new), "hello").await.unwrap();
    let status = ask(&client(&old), "hello").await.unwrap_err();
    assert!(status.message().contains("UnknownIssuer"), "{status}");
    // The connection that there was goes on.
    ask(&before, "hello").await.unwrap();
    stop.store(true, Ordering::Relaxed);
    assert!(limited(traffic).await.unwrap() > 0);
}

#[tokio::test]
async fn a_server_changes_whom_it_trusts() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let roots = Live::new(old.roots());
    let tls = ServerTls::new(old.issue(&["localhost"]).identity());
    let served = Served::start(tls.require_client_certificate(roots.clone())).await;
    let client = |authority: &Authority| {
        let identity = authority.issue(&["client"]).identity();
        served.channel(ClientTls::new(old.roots()).identity(identity))
    };
    ask(&client(&old), "hello").await.unwrap();
    assert!(ask(&client(&new), "hello").await.unwrap_err().message().contains("UnknownCA"));
    roots.set(new.roots());
    assert!(ask(&client(&old), "hello").await.unwrap_err().message().contains("UnknownCA"));
    ask(&client(&new), "hello").await.unwrap();
}

#[tokio::test]
async fn a_client_changes_whom_it_trusts_and_who_it_is() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let tls = ServerTls::new(old.issue(&["localhost"]).identity());
    let served = Served::start(tls.require_client_certificate(old.roots())).await;
    let roots = Live::new(old.roots());
    let identity = Live::new(old.workload("first", "spiffe://test/first").identity());
    let tls = ClientTls::new(roots.clone()).identity(identity.clone());
    // The configuration is shared, and with it the sessions that could be resumed.
    let seen = ask(&served.channel(tls.clone()), "certificate").await.unwrap();
    assert!(seen.contains("\"first\""), "{seen}");
    identity.set(old.workload("second", "spiffe://test/second").identity());
    let seen = ask(&served.channel(tls.clone()), "certificate").await.unwrap();
    assert!(seen.contains("\"second\""), "{seen}");
    roots.set(new.roots());
    let status = ask(&served.channel(tls), "hello").await.unwrap_err();
    assert!(status.message().contains("UnknownIssuer"), "{status}");
}

/// A directory that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rsgrpc-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, issued: &Issued) {
        fs::write(self.0.join("tls.crt"), issued.certificate_pem()).unwrap();
        fs::write(self.0.join("tls.key"), issued.key_pem()).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn load(folder: &Path) -> Result<Identity, rsgrpc::tls::TlsError> {
    Identity::from_files(folder.join("tls.crt"), folder.join("tls.key"))
}

#[tokio::test(start_paused = true)]
async fn files_are_watched() {
    let authority = Authority::new("ours");
    let folder = Folder::new("watched");
    let (first, second) = (authority.issue(&["first"]), authority.issue(&["second"]));
    folder.write(&first);
    let (tell, mut told) = mpsc::unbounded_channel();
    let path = folder.0.clone();
    let report = move |reloaded: Result<(), rsgrpc::tls::TlsError>| {
        tell.send(reloaded.map_err(|error| error.to_string())).unwrap();
    };
    let identity = Live::watch(Duration::from_secs(60), move || load(&path), report).unwrap();
    assert_eq!(identity.get(), first.identity());

    // The certificate comes before its key: that is told once, and changes nothing.
    fs::write(folder.0.join("tls.crt"), second.certificate_pem()).unwrap();
    let problem = limited_hour(told.recv()).await.unwrap().unwrap_err();
    assert!(problem.ends_with("keys may not be consistent: KeyMismatch"), "{problem}");
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(told.try_recv().is_err());
    assert_eq!(identity.get(), first.identity());

    folder.write(&second);
    limited_hour(told.recv()).await.unwrap().unwrap();
    assert_eq!(identity.get(), second.identity());

    // Nobody uses it any more, so nobody watches it.
    drop(identity);
    assert_eq!(limited_hour(told.recv()).await, None);
}

/// An hour of paused time.
async fn limited_hour<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(3600), work).await.expect("took too long")
}

#[tokio::test]
async fn what_cannot_be_loaded_at_first_is_an_error() {
    let missing = || load(Path::new("/no/such/folder"));
    assert!(Live::watch(Duration::from_secs(60), missing, |_| {}).is_err());
}
