//! Where things are.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the workspace.
pub struct Project {
    /// The workspace's own folder.
    pub root: PathBuf,
    /// Cargo's target folder, an absolute path.
    pub target: PathBuf,
}

impl Project {
    pub fn find() -> Self {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().map_or(manifest.clone(), Path::to_owned);
        let target = root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
        Self { root, target }
    }

    /// A program that `cargo build` has left.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name).with_extension(env::consts::EXE_EXTENSION)
    }

    /// A PATH on which the plugin is, as after `cargo install`.
    pub fn path(&self) -> OsString {
        let mut path = self.target.join("debug").into_os_string();
        if let Some(rest) = env::var_os("PATH") {
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(rest);
        }
        path
    }

    /// An empty folder below the target folder.
    pub fn fresh(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.target.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Where the outputs of the steps are kept.
    pub fn logs(&self) -> PathBuf {
        self.target.join("logs")
    }

    /// Whether this is an automated run, in which nothing may be skipped.
    pub fn ci() -> bool {
        env::var("CI").is_ok_and(|value| value == "true" || value == "1")
    }
}
