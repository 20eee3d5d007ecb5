//! The flags of the programs, as all implementations of the tests take them.

use std::collections::HashMap;
use std::str::FromStr;

use crate::Result;

/// Values by the names of their flags.
#[derive(Clone, Debug)]
pub struct Flags {
    values: HashMap<String, String>,
    known: &'static [&'static str],
}

impl Flags {
    /// Understands `--name=value` and `--name value`; a flag that another one follows, or nothing, is `true`. One
    /// dash does as well as two.
    ///
    /// # Errors
    /// A flag that is not known, or what is not a flag.
    pub fn parse(
        arguments: impl IntoIterator<Item = String>,
        known: &'static [&'static str],
    ) -> Result<Self> {
        let mut values = HashMap::new();
        let mut arguments = arguments.into_iter().peekable();
        while let Some(argument) = arguments.next() {
            let flag = argument.strip_prefix('-').ok_or_else(|| format!("{argument:?} is not a flag"))?;
            let flag = flag.strip_prefix('-').unwrap_or(flag);
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, value.to_owned()),
                None => {
                    let value = arguments.next_if(|next| !next.starts_with('-'));
                    (flag, value.unwrap_or_else(|| "true".to_owned()))
                }
            };
            if !known.contains(&name) {
                return Err(format!("--{name} is not known; known are: {}", known.join(", ")).into());
            }
            values.insert(name.to_owned(), value);
        }
        Ok(Self { values, known })
    }

    /// The value of a flag; one that is empty counts as not given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(self.known.contains(&name), "--{name} is used and not known");
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a flag that has to be given.
    ///
    /// # Errors
    /// It is not given.
    pub fn required(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| format!("--{name} is missing").into())
    }

    /// The value of a flag, read as a number or a boolean.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn parsed<T: FromStr>(&self, name: &str, default: T) -> Result<T> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.parse().map_err(|_| format!("--{name}={value} cannot be understood").into())
    }
}

#[cfg(test)]
mod tests {
    use super::Flags;

    fn parse(arguments: &[&str]) -> Flags {
        Flags::parse(arguments.iter().map(ToString::to_string), &["use_tls", "port", "host"]).unwrap()
    }

    #[test]
    fn are_understood_however_they_are_written() {
        for arguments in [&["--use_tls=true", "--port=8080"][..], &["--use_tls", "-port", "8080"]] {
            let flags = parse(arguments);
            assert!(flags.parsed("use_tls", false).unwrap());
            assert_eq!(flags.parsed("port", 0).unwrap(), 8080);
            assert_eq!(flags.get("host"), None);
        }
        assert_eq!(parse(&["--host="]).get("host"), None);
        assert!(parse(&["--port=x"]).parsed("port", 0).is_err());
        assert!(parse(&[]).required("host").is_err());
    }

    #[test]
    fn must_be_known() {
        for wrong in ["--posr=1", "port=1"] {
            assert!(Flags::parse([wrong.to_owned()], &["port"]).is_err());
        }
    }
}
