//! Packages of Debian, unpacked and not installed: what is on the PATH stays as it is, and nobody has to be root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::tools::LIMIT;

/// Unpacks packages into `folder`, as apt finds them for this system; with a release, those of that release, from
/// the mirror that the system uses.
///
/// What they depend on has to be among them, or on the system.
pub fn unpack(folder: &Path, release: Option<&str>, packages: &[&str], log: &Path) -> Result<String, String> {
    let scratch = folder.join("apt");
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(scratch.join(part)).map_err(|error| error.to_string())?;
    }
    if let Some(release) = release {
        let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let line = format!("deb [signed-by={keys}] {} {release} main\n", mirror(log)?);
        fs::write(scratch.join("sources.list"), line).map_err(|error| error.to_string())?;
    }
    let apt = |arguments: &[String]| {
        let mut apt = Command::new("apt-get");
        apt.current_dir(&scratch).arg("-qq");
        let mut option = |name: &str, path: &str| {
            apt.arg("-o").arg(format!("Dir::{name}={}", scratch.join(path).display()));
        };
        option("State::lists", "lists");
        option("Cache", "cache");
        if release.is_some() {
            option("Etc::sourcelist", "sources.list");
            apt.args(["-o", "Dir::Etc::sourceparts=-"]);
        }
        process::run(apt.args(arguments), log, LIMIT)
    };
    apt(&["update".to_owned()])?;
    let packages = packages.iter().map(|package| match release {
        Some(release) => format!("{package}/{release}"),
        None => (*package).to_owned(),
    });
    apt(&[vec!["download".to_owned()], packages.collect()].concat())?;
    for entry in fs::read_dir(&scratch).map_err(|error| error.to_string())?.flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "deb") {
            process::run(Command::new("dpkg-deb").arg("-x").arg(entry.path()).arg(folder), log, LIMIT)?;
        }
    }
    fs::remove_dir_all(&scratch).map_err(|error| error.to_string())?;
    Ok(String::new())
}

/// Where unpacked libraries are.
pub fn libraries(folder: &Path) -> PathBuf {
    folder.join("usr/lib").join(format!("{}-linux-gnu", std::env::consts::ARCH))
}

fn mirror(log: &Path) -> Result<String, String> {
    let mut targets = Command::new("apt-get");
    targets.args(["indextargets", "--format", "$(SITE)", "Created-By: Packages"]);
    let targets = process::run(&mut targets, log, LIMIT)?;
    let mirror = targets.lines().find(|site| !site.contains("security")).ok_or("apt has no mirror")?;
    Ok(mirror.to_owned())
}
