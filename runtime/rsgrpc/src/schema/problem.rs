//! What is wrong with descriptors, collected over a stage and reported together.

use std::fmt;

/// How many problems a report spells out.
const SHOWN: usize = 100;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The `.proto` file; empty where it is none's fault.
    file: String,
    /// The full name of the message, field, …; empty for the file itself.
    element: String,
    text: String,
}

impl Problem {
    /// A problem of the element with this full name in this file. Both may be empty.
    #[must_use]
    pub fn new(file: &str, element: &str, text: impl Into<String>) -> Self {
        Self { file: printable(file), element: printable(element), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in [&self.file, &self.element] {
            if !place.is_empty() {
                write!(f, "{place}: ")?;
            }
        }
        f.write_str(&self.text)
    }
}

/// All problems that a stage met, in the order met; shown a line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    problems: Vec<Problem>,
}

impl Errors {
    /// Takes in one more.
    pub fn push(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether nothing went wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The stage's result: `value` if nothing went wrong.
    ///
    /// # Errors
    /// Something did.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Problem> for Errors {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl Extend<Problem> for Errors {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.problems.extend(problems);
    }
}

impl IntoIterator for Errors {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.problems.into_iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().take(SHOWN).enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        match self.problems.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Errors {}

/// `text` on one line and not longer than a line should be, for names that a request makes up.
#[must_use]
pub fn printable(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_each_with_file_and_element() {
        let mut errors = Errors::default();
        errors.push(Problem::new("a.proto", "a.B.c", "has no type"));
        errors.push(Problem::new("b.proto", "", "is there twice"));
        errors.push(Problem::new("", "", "unknown option"));
        assert_eq!(
            errors.to_string(),
            "a.proto: a.B.c: has no type\nb.proto: is there twice\nunknown option"
        );
    }

    #[test]
    fn a_long_report_is_cut() {
        let mut errors = Errors::default();
        errors.extend((0..150).map(|i| Problem::new("a.proto", "", format!("problem {i}"))));
        let text = errors.to_string();
        assert_eq!(text.lines().count(), 101);
        assert!(text.ends_with("problem 99\nand 50 more"));
    }

    #[test]
    fn names_stay_on_their_line() {
        assert_eq!(Problem::new("a\nb", "", "x").to_string(), "a\u{fffd}b: x");
        assert_eq!(printable(&"n".repeat(1000)).chars().count(), 201);
    }
}
