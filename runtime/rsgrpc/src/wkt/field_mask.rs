//! [`FieldMask`]: sets of field paths, and what they do to messages.

mod binary;
mod error;
mod paths;
mod select;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use self::binary::Keep;
use self::error::Problem;
use self::select::select;
use super::FieldMask;
use crate::{Message, UnknownFields};

pub use self::error::FieldMaskError;

/// The path that stands for all fields.
const ALL: &str = "*";

/// Some of a message's fields, by their names in the schema: `"name"`, or
/// `"author.name"` for a field of a field. What follows a dot is a field of a
/// message; repeated fields and maps are only the last of a path. The path
/// `"*"` stands for all fields; a mask without paths has none.
///
/// A request that leaves its mask out means all fields, most of the time: that
/// the field is `None` is for the caller to see.
///
/// ```
/// use rsgrpc::wkt::{Any, FieldMask};
///
/// let mut any = Any { type_url: "a/b".into(), value: "secret".into(), ..Default::default() };
/// FieldMask::from(["type_url"]).apply(&mut any)?;
/// assert_eq!(any, Any { type_url: "a/b".into(), ..Default::default() });
///
/// let error = FieldMask::from(["typo"]).validate::<Any>().unwrap_err();
/// assert_eq!(error.to_string(), "`typo`: google.protobuf.Any has no such field");
/// # Ok::<(), rsgrpc::wkt::FieldMaskError>(())
/// ```
impl FieldMask {
    /// All fields of a message, each by its name.
    #[must_use]
    pub fn all<M: Message>() -> Self {
        select::names::<M>().into_iter().collect()
    }

    /// Checks that each path leads to a field of an `M`. An API that is given a
    /// mask should answer `INVALID_ARGUMENT` where one does not.
    ///
    /// # Errors
    /// The first path that does not, and why.
    pub fn validate<M: Message>(&self) -> Result<(), FieldMaskError> {
        select::<M>(self).map(drop)
    }

    /// Keeps of a message what the mask covers, for an answer; the rest is
    /// cleared, unknown fields too.
    ///
    /// The message is encoded and decoded again on the way.
    ///
    /// # Errors
    /// As for [`validate`](Self::validate); the message is then as before.
    pub fn apply<M: Message>(&self, message: &mut M) -> Result<(), FieldMaskError> {
        let selection = select::<M>(self)?;
        if !self.has_all() {
            *message = binary::filtered(&[(message, Keep::Selected)], &selection)?;
        }
        Ok(())
    }

    /// Updates what the mask covers of `target` from `source`, as
    /// `field_mask.proto` says: elements of repeated fields are appended,
    /// entries of maps added, messages merged. Other fields are replaced, and
    /// cleared where `source` does not have them. Unknown fields of `target`
    /// stay.
    ///
    /// ```
    /// use rsgrpc::wkt::{FieldMask, ListValue};
    ///
    /// let mut list = ListValue::from(vec![1]);
    /// FieldMask::from(["values"]).merge(&ListValue::from(vec![2]), &mut list)?;
    /// assert_eq!(list, ListValue::from(vec![1, 2]));
    /// # Ok::<(), rsgrpc::wkt::FieldMaskError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`validate`](Self::validate); `target` is then as before.
    pub fn merge<M: Message>(&self, source: &M, target: &mut M) -> Result<(), FieldMaskError> {
        let selection = select::<M>(self)?;
        *target = binary::filtered(&[(target, Keep::Mergeable), (source, Keep::Selected)], &selection)?;
        Ok(())
    }

    /// As [`merge`](Self::merge), but repeated fields, maps and messages at the
    /// end of a path are replaced like any other field.
    ///
    /// ```
    /// use rsgrpc::wkt::{FieldMask, ListValue};
    ///
    /// let mut list = ListValue::from(vec![1]);
    /// FieldMask::from(["values"]).replace(&ListValue::from(vec![2]), &mut list)?;
    /// assert_eq!(list, ListValue::from(vec![2]));
    /// # Ok::<(), rsgrpc::wkt::FieldMaskError>(())
    /// ```
    ///
    /// # Errors
    /// As for [`validate`](Self::validate); `target` is then as before.
    pub fn replace<M: Message>(&self, source: &M, target: &mut M) -> Result<(), FieldMaskError> {
        let selection = select::<M>(self)?;
        if self.has_all() {
            target.clone_from(source);
        } else {
            *target = binary::filtered(&[(target, Keep::Others), (source, Keep::Selected)], &selection)?;
        }
        Ok(())
    }

    /// Whether the field at this path is covered: the path is there, or the
    /// start of it, or `"*"`.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|one| paths::covers(one, path))
    }

    /// The same fields with the least number of paths, in order.
    ///
    /// ```
    /// use rsgrpc::wkt::FieldMask;
    ///
    /// let mask = FieldMask::from(["b", "a.c", "a", "b"]);
    /// assert_eq!(mask.normalized(), FieldMask::from(["a", "b"]));
    /// ```
    #[must_use]
    pub fn normalized(&self) -> Self {
        paths::normalized(self.paths.iter().map(String::as_str).collect()).into_iter().collect()
    }

    /// What this mask or the other covers, normalized.
    ///
    /// ```
    /// use rsgrpc::wkt::FieldMask;
    ///
    /// let mask = FieldMask::from(["a.b", "c"]).union(&FieldMask::from(["a"]));
    /// assert_eq!(mask, FieldMask::from(["a", "c"]));
    /// ```
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let both = self.paths.iter().chain(&other.paths);
        paths::normalized(both.map(String::as_str).collect()).into_iter().collect()
    }

    /// What both masks cover, normalized.
    ///
    /// ```
    /// use rsgrpc::wkt::FieldMask;
    ///
    /// let mask = FieldMask::from(["a.b", "c"]).intersection(&FieldMask::from(["a", "d"]));
    /// assert_eq!(mask, FieldMask::from(["a.b"]));
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let [a, b] = [self, other]
            .map(|mask| paths::normalized(mask.paths.iter().map(String::as_str).collect::<Vec<_>>()));
        paths::intersection(&a, &b).into_iter().collect()
    }

    /// As in JSON: the paths in lower camel case, with commas between them.
    ///
    /// ```
    /// use rsgrpc::wkt::FieldMask;
    ///
    /// let mask = FieldMask::from(["user.display_name", "photo"]);
    /// assert_eq!(mask.to_camel_case()?, "user.displayName,photo");
    /// assert_eq!(FieldMask::from_camel_case("user.displayName,photo")?, mask);
    /// # Ok::<(), rsgrpc::wkt::FieldMaskError>(())
    /// ```
    ///
    /// # Errors
    /// A path would not come back the same: it has a capital, or an underscore
    /// that no small letter follows, or a comma; or it is empty.
    pub fn to_camel_case(&self) -> Result<String, FieldMaskError> {
        let mut text = String::new();
        for (place, path) in self.paths.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            if !paths::push_camel_case(path, &mut text) {
                return Err(FieldMaskError::of(Problem::Case, path));
            }
        }
        Ok(text)
    }

    /// Reads what [`to_camel_case`](Self::to_camel_case) writes. An empty text
    /// is a mask without paths.
    ///
    /// # Errors
    /// A path has an underscore, or is empty.
    pub fn from_camel_case(text: &str) -> Result<Self, FieldMaskError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let snake_case =
            |path| paths::snake_case(path).ok_or_else(|| FieldMaskError::of(Problem::Case, path));
        text.split(',').map(snake_case).collect()
    }

    fn has_all(&self) -> bool {
        self.paths.iter().any(|path| path == ALL)
    }
}

impl<P: Into<String>> FromIterator<P> for FieldMask {
    fn from_iter<I: IntoIterator<Item = P>>(paths: I) -> Self {
        Self { paths: paths.into_iter().map(Into::into).collect(), unknown_fields: UnknownFields::new() }
    }
}

impl<P: Into<String>, const N: usize> From<[P; N]> for FieldMask {
    fn from(paths: [P; N]) -> Self {
        paths.into_iter().collect()
    }
}

impl<P: Into<String>> From<Vec<P>> for FieldMask {
    fn from(paths: Vec<P>) -> Self {
        paths.into_iter().collect()
    }
}

/// The paths with the schema's names, with commas between them.
impl fmt::Display for FieldMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.paths.join(","))
    }
}

/// Splits at commas, as a command line would have it.
///
/// ```
/// use rsgrpc::wkt::FieldMask;
///
/// let mask: FieldMask = "user.display_name,photo".parse()?;
/// assert_eq!(mask.paths, ["user.display_name", "photo"]);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
impl FromStr for FieldMask {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text.is_empty() { Self::default() } else { text.split(',').collect() })
    }
}
