//! Files in the order of their imports.

use std::collections::HashMap;

use crate::descriptor::FileDescriptorProto;

/// Sorts files so that each stands behind all that it imports, otherwise as
/// they came. In a cycle there is no such order: one of them comes too early.
pub(super) fn sorted(files: Vec<FileDescriptorProto>) -> Vec<FileDescriptorProto> {
    let places: HashMap<&str, usize> =
        files.iter().enumerate().map(|(place, file)| (file.name(), place)).collect();
    let mut order = Vec::with_capacity(files.len());
    let mut met = vec![false; files.len()];
    for start in 0..files.len() {
        // Each file with the number of its imports that were looked at.
        let mut open = vec![(start, 0)];
        while let Some((place, next)) = open.pop() {
            if next == 0 && met.get_mut(place).is_none_or(|met| std::mem::replace(met, true)) {
                continue;
            }
            let Some(file) = files.get(place) else { continue };
            match file.dependency.get(next) {
                Some(import) => {
                    open.push((place, next + 1));
                    open.extend(places.get(import.as_str()).map(|import| (*import, 0)));
                }
                None => order.push(place),
            }
        }
    }
    let mut files: Vec<Option<FileDescriptorProto>> = files.into_iter().map(Some).collect();
    order.into_iter().filter_map(|place| files.get_mut(place)?.take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_come_first() {
        let file = |name: &str, imports: &[&str]| FileDescriptorProto {
            name: Some(name.to_owned()),
            dependency: imports.iter().map(|&import| import.to_owned()).collect(),
            ..Default::default()
        };
        let names = |files: Vec<FileDescriptorProto>| {
            sorted(files).iter().map(|file| file.name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            names(vec![file("a", &["c", "b"]), file("b", &["missing"]), file("c", &["b"])]),
            ["b", "c", "a"]
        );
        assert_eq!(names(vec![file("a", &["b"]), file("b", &["a"]), file("a", &[])]).len(), 3);
    }
}
