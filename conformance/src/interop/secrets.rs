//! Certificates and keys, made for each run and by none else trusted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::project::Project;
use crate::tools::{LIMIT, Missing, system};

/// The name that the test servers' certificate is for, as everywhere.
pub const SERVER_NAME: &str = "foo.test.google.fr";

/// Files that the programs are given.
pub struct Secrets {
    pub ca: PathBuf,
    pub server_certificate: PathBuf,
    pub server_key: PathBuf,
}

impl Secrets {
    pub fn make(project: &Project, log: &Path) -> Result<Self, Missing> {
        system("openssl", &["version"], &["openssl"], log)?;
        let folder = project.fresh("interop/secrets")?;
        let extensions =
            "subjectAltName=DNS:*.test.google.fr\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n";
        fs::write(folder.join("server.ext"), extensions).map_err(|error| error.to_string())?;
        let openssl = |arguments: &str| {
            let mut command = Command::new("openssl");
            process::run(command.current_dir(&folder).args(arguments.split(' ')), log, LIMIT)
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch";
        openssl(&format!("req -x509 -days 7 {key} -subj /CN=testca -keyout ca.key -out ca.pem"))?;
        openssl(&format!("req {key} -subj /CN=*.test.google.fr -keyout server1.key -out server1.csr"))?;
        openssl(
            "x509 -req -days 7 -in server1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile server.ext -out server1.pem",
        )?;
        let file = |name: &str| folder.join(name);
        Ok(Self {
            ca: file("ca.pem"),
            server_certificate: file("server1.pem"),
            server_key: file("server1.key"),
        })
    }
}
