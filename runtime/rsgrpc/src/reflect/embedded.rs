//! Descriptors in generated code.

use std::collections::HashSet;
use std::ptr;
use std::sync::OnceLock;

use super::DescriptorPool;
use crate::Message;
use crate::descriptor::FileDescriptorProto;

/// The descriptors of a package's files, which the plugin writes with the option `descriptors`.
///
/// ```
/// let pool = rsgrpc::wkt::descriptors().pool();
/// assert!(pool.message("google.protobuf.Timestamp").is_some());
/// ```
#[derive(Debug)]
pub struct Embedded {
    /// Encoded `FileDescriptorProto`s, without comments.
    files: &'static [&'static [u8]],
    /// The packages that the files import.
    imports: &'static [fn() -> &'static Self],
    pool: OnceLock<DescriptorPool>,
}

impl Embedded {
    /// Generated code says it.
    #[must_use]
    pub const fn new(files: &'static [&'static [u8]], imports: &'static [fn() -> &'static Self]) -> Self {
        Self { files, imports, pool: OnceLock::new() }
    }

    /// The files of this package, encoded: what a gRPC reflection service sends.
    #[must_use]
    pub const fn files(&self) -> &'static [&'static [u8]] {
        self.files
    }

    /// A pool of these files and of all that they import. It is made once.
    ///
    /// # Panics
    /// The generated code was changed by hand.
    #[expect(clippy::expect_used, reason = "the plugin has resolved what it embeds")]
    pub fn pool(&'static self) -> &'static DescriptorPool {
        self.pool.get_or_init(|| DescriptorPool::embedded([self]).expect("what the plugin writes"))
    }
}

impl DescriptorPool {
    /// The pool of these packages and of all that they import.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode): two of them hold different files of one path.
    pub fn embedded(packages: impl IntoIterator<Item = &'static Embedded>) -> Result<Self, super::PoolError> {
        let mut open: Vec<&'static Embedded> = packages.into_iter().collect();
        let mut met = HashSet::new();
        let mut files: Vec<FileDescriptorProto> = Vec::new();
        while let Some(package) = open.pop() {
            if met.insert(ptr::from_ref(package)) {
                for file in package.files {
                    files.push(FileDescriptorProto::decode(file).map_err(super::PoolError::Decode)?);
                }
                open.extend(package.imports.iter().map(|import| import()));
            }
        }
        Self::new(files)
    }
}

/// A generated message whose file is embedded.
pub trait Described {
    /// The descriptors of its package.
    fn descriptors() -> &'static Embedded;
}

/// Embeds the descriptors of a package's files, where the feature `reflect` is on.
#[doc(hidden)]
#[macro_export]
macro_rules! __descriptors {
    (
        files: [$($file:literal,)*],
        imports: [$($import:path),* $(,)?],
        messages: [$($message:ty),* $(,)?],
    ) => {
        /// The descriptors of this package's files.
        #[must_use]
        pub fn descriptors() -> &'static $crate::reflect::Embedded {
            static FILES: $crate::reflect::Embedded = $crate::reflect::Embedded::new(&[$($file),*], &[$($import),*]);
            &FILES
        }

        $(
            #[allow(deprecated)]
            impl $crate::reflect::Described for $message {
                fn descriptors() -> &'static $crate::reflect::Embedded {
                    descriptors()
                }
            }
        )*
    };
}
