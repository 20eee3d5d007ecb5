//! A file's comments, found by the path of what they stand at.

use std::collections::HashMap;

use crate::descriptor::FileDescriptorProto;

/// The comments of a file. Keys are paths as `SourceCodeInfo.Location.path` defines them: alternating field
/// numbers of descriptor.proto and indices.
pub(super) struct Comments<'a>(HashMap<&'a [i32], &'a str>);

impl<'a> Comments<'a> {
    /// One pass over the file's source info; empty without it.
    pub(super) fn of(file: &'a FileDescriptorProto) -> Self {
        let mut comments = HashMap::new();
        for location in file.source_code_info.iter().flat_map(|info| &info.location) {
            let text = [location.leading_comments(), location.trailing_comments()]
                .into_iter()
                .find(|text| !text.trim().is_empty());
            if let Some(text) = text {
                comments.entry(location.path.as_slice()).or_insert(text);
            }
        }
        Self(comments)
    }

    /// The comment before what is at `path`, or else the one behind it.
    pub(super) fn at(&self, path: &[i32]) -> Option<String> {
        self.0.get(path).map(|&text| text.to_owned())
    }
}
