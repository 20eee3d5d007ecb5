//! What is compiled: a few hundred of Google's messages.

use std::fs;

use super::Cost;
use crate::large::Schemas;

/// Folders, without those within them. They need no others.
const FOLDERS: &[&str] = &[
    "google/api",
    "google/iam/v1",
    "google/logging/type",
    "google/logging/v2",
    "google/longrunning",
    "google/pubsub/v1",
    "google/rpc",
    "google/spanner/v1",
    "google/type",
];

/// Copies of the files, without services: prost alone makes nothing of these.
pub fn messages(cost: &Cost<'_>, google: &Schemas) -> Result<Schemas, String> {
    let root = cost.project.fresh("cost/proto")?;
    let within = |file: &&String| file.rsplit_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder));
    let files: Vec<String> = google.files.iter().filter(within).cloned().collect();
    for file in &files {
        let text = fs::read_to_string(google.root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let copy = root.join(file);
        let written = copy.parent().map_or(Ok(()), fs::create_dir_all);
        written
            .and_then(|()| fs::write(&copy, without_services(&text)))
            .map_err(|error| error.to_string())?;
    }
    Ok(Schemas { root, files })
}

/// Services stand at the left margin, and so do their last braces.
fn without_services(text: &str) -> String {
    let mut within = false;
    let kept = text.lines().filter(|line| {
        within |= line.starts_with("service ");
        let keep = !within;
        within &= *line != "}";
        keep
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::without_services;

    #[test]
    fn services_go() {
        let text = "message A {\n}\nservice S {\n  rpc Do(A) returns (A) {\n  }\n}\nmessage B {}\n";
        assert_eq!(without_services(text), "message A {\n}\nmessage B {}\n");
    }
}
