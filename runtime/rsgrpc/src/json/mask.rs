//! Field masks, as text: paths in lower camel case, between commas.

/// Puts the paths of a field mask behind `out`; fails where a path would not
/// come back.
pub(super) fn write<'m>(paths: impl Iterator<Item = &'m str>, out: &mut String) -> Result<(), &'static str> {
    for (index, path) in paths.enumerate() {
        if index > 0 {
            out.push(',');
        }
        let mut capital = false;
        for character in path.chars() {
            match character {
                '_' if !capital => capital = true,
                'a'..='z' if capital => {
                    out.push(character.to_ascii_uppercase());
                    capital = false;
                }
                'A'..='Z' | '_' | ',' => return Err("the path of the field mask has no form in JSON"),
                _ if capital => return Err("the path of the field mask has no form in JSON"),
                _ => out.push(character),
            }
        }
        if capital {
            return Err("the path of the field mask has no form in JSON");
        }
    }
    Ok(())
}

/// The paths in a text.
pub(super) fn read(text: &str) -> Result<Vec<String>, &'static str> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(path).collect()
}

fn path(camel: &str) -> Result<String, &'static str> {
    if camel.is_empty() {
        return Err("expected a path between the commas of the field mask");
    }
    let mut snake = String::with_capacity(camel.len() + 4);
    for character in camel.chars() {
        match character {
            '_' => return Err("the paths of a field mask are in lower camel case"),
            'A'..='Z' => {
                snake.push('_');
                snake.push(character.to_ascii_lowercase());
            }
            _ => snake.push(character),
        }
    }
    Ok(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(paths: &[&str]) -> Result<String, &'static str> {
        let mut out = String::new();
        write(paths.iter().copied(), &mut out)?;
        Ok(out)
    }

    #[test]
    fn there_and_back() {
        for (paths, text) in [
            (&["foo", "bar_baz"][..], "foo,barBaz"),
            (&["a.b_c.d"], "a.bC.d"),
            (&["_x"], "X"),
            (&["a1"], "a1"),
            (&[], ""),
        ] {
            assert_eq!(written(paths).unwrap(), text);
            assert_eq!(read(text).unwrap(), paths);
        }
    }

    #[test]
    fn what_would_not_come_back() {
        for path in ["fooBar", "foo_3_bar", "foo__bar", "foo_", "a,b"] {
            assert!(written(&[path]).is_err(), "{path}");
        }
        assert!(read("foo,bar_bar").is_err());
        assert!(read("foo,,bar").is_err());
    }
}
