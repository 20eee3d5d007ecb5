//! Certificates for programs that do TLS with each other, made anew for each run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::project::Project;
use crate::tools::{LIMIT, Missing, system};

/// Name, who signs it, and its subject's alternative names.
const ISSUED: &[(&str, &str, &str)] = &[
    ("server", "ca", "DNS:localhost,IP:127.0.0.1"),
    ("client", "ca", "DNS:client.internal"),
    ("stranger", "other-ca", "DNS:client.internal"),
];

/// A folder with `NAME.pem` and `NAME.key` for two authorities, `ca` and `other-ca`, and for a `server`, a
/// `client` and a `stranger`, whom only the other authority knows.
pub fn make(project: &Project, log: &Path) -> Result<PathBuf, Missing> {
    system("openssl", &["version"], &["openssl"], log)?;
    let folder = project.fresh("peers/certificates")?;
    let openssl = |arguments: String| {
        let mut command = Command::new("openssl");
        process::run(command.current_dir(&folder).args(arguments.split(' ')), log, LIMIT)
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch";
    for name in ["ca", "other-ca"] {
        openssl(format!("req -x509 -days 7 {key} -subj /CN={name} -keyout {name}.key -out {name}.pem"))?;
    }
    for (name, authority, names) in ISSUED {
        let extensions = format!("subjectAltName={names}\nbasicConstraints=CA:FALSE\n");
        fs::write(folder.join("extensions"), extensions).map_err(|error| error.to_string())?;
        openssl(format!("req {key} -subj /CN={name} -keyout {name}.key -out {name}.csr"))?;
        openssl(format!(
            "x509 -req -days 7 -in {name}.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial \
             -extfile extensions -out {name}.pem"
        ))?;
    }
    Ok(folder)
}
