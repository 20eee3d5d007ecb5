//! Puts together what prettyplease broke and a line can hold, as rustfmt would have it.
//!
//! prettyplease has narrower lines than rustfmt, breaks a chain of calls before it breaks a call's arguments,
//! and gives each match arm that it breaks a block. Four rules mend that:
//! - `a` ⏎ `.b(…)` is one expression on one line, broken between the arguments if at all;
//! - what stands between two brackets goes on one line if it fits;
//! - a public constant is broken behind the `=`, if at all;
//! - `x => {` ⏎ a call ⏎ `}` loses the block.

/// How long a line may be.
const WIDTH: usize = 100;

/// The lines of an item that will be indented by `indent` more.
pub(super) fn fit(text: &str, indent: usize) -> String {
    let width = WIDTH.saturating_sub(indent);
    if let Some(text) = value(text, width) {
        return text;
    }
    let lines = chains(text.lines().map(str::to_owned).collect(), width);
    let mut text = groups(&lines, width).join("\n");
    text.push('\n');
    text
}

/// A `use` item: the names between its braces on as few lines as can hold them.
pub(super) fn fill(text: &str, indent: usize) -> String {
    let width = WIDTH.saturating_sub(indent);
    let mut lines = text.lines().skip_while(|line| !line.ends_with('{'));
    let Some(open) = lines.next() else { return text.to_owned() };
    let names = lines.map(str::trim).take_while(|line| *line != "};").flat_map(str::split_whitespace);
    let names = names.map(|name| name.trim_end_matches(',')).collect::<Vec<_>>();
    let head = text.lines().take_while(|line| !line.ends_with('{')).flat_map(|line| [line, "\n"]);
    let mut out = head.collect::<String>();
    let one = format!("{open}{}}};", names.join(", "));
    if one.len() <= width {
        return out + &one + "\n";
    }
    out.push_str(open);
    let mut column = width;
    for name in names {
        if column + name.len() + 2 > width {
            out.push_str("\n   ");
            column = 3;
        }
        out.push(' ');
        out.push_str(name);
        out.push(',');
        column += name.len() + 2;
    }
    out + "\n};\n"
}

/// `pub const X: A = B` without a block: on one line, or broken behind the `=`.
fn value(text: &str, width: usize) -> Option<String> {
    let lines = text.lines().collect::<Vec<_>>();
    let (head, item) = lines.split_at(lines.iter().position(|line| line.starts_with("pub const "))?);
    if item.iter().any(|line| line.ends_with('{')) {
        return None;
    }
    let mut whole = String::new();
    for line in item.iter().map(|line| line.trim()) {
        if line.starts_with([')', '>']) && whole.ends_with(',') {
            whole.pop();
        } else if !whole.is_empty() && !whole.ends_with(['(', '<']) && !line.starts_with(['.', ')', '>']) {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    let broken = whole.replacen(" = ", " =\n    ", 1);
    let fitting = [whole, broken].into_iter().find(|item| item.lines().all(|line| line.len() <= width))?;
    let head = head.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
    Some(format!("{head}{fitting}\n"))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Joins `a` and `.b(…)` where the chain has one link only.
fn chains(lines: Vec<String>, width: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut rest = lines.into_iter().peekable();
    while let Some(line) = rest.next() {
        let depth = indent(&line);
        let link = |next: &String| indent(next) == depth + 4 && next.trim_start().starts_with('.');
        if is_comment(&line) || !rest.peek().is_some_and(link) {
            out.push(line);
            continue;
        }
        // All that is indented more belongs to the chain.
        let mut chain = Vec::new();
        while let Some(next) = rest.next_if(|next| indent(next) > depth) {
            chain.push(next);
        }
        let links = chain.iter().filter(|next| link(next)).count();
        let joined = chain.first().map(|first| format!("{line}{}", first.trim_start()));
        match joined {
            Some(joined) if links == 1 && joined.len() <= width => {
                out.push(joined);
                out.extend(chain.iter().skip(1).map(|line| line.get(4..).unwrap_or_default().to_owned()));
            }
            _ => {
                out.push(line);
                out.append(&mut chain);
            }
        }
    }
    out
}

/// Joins what stands between brackets, from the inside.
fn groups(lines: &[String], width: usize) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len());
    let mut rest = lines;
    // A line that was joined, and whose end may open the next group.
    let mut joined = None;
    loop {
        let line = match (joined.take(), rest.split_first()) {
            (Some(line), _) => line,
            (None, Some((line, tail))) => {
                rest = tail;
                line.clone()
            }
            (None, None) => return out,
        };
        let Some(end) = closing(&line, rest) else {
            out.push(line);
            continue;
        };
        let inner = groups(rest.get(..end).unwrap_or_default(), width);
        let close = rest.get(end).map(String::as_str).unwrap_or_default();
        let fitting = if line.ends_with('{') {
            arm(&line, &inner, close, width)
        } else {
            join(&line, &inner, close, width)
        };
        match fitting {
            Some(mut lines) => {
                joined = lines.pop();
                out.append(&mut lines);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push(line);
                out.extend(inner);
                rest = rest.get(end..).unwrap_or_default();
            }
        }
    }
}

/// Where the bracket that `line` ends with is closed.
fn closing(line: &str, rest: &[String]) -> Option<usize> {
    let close = match line.chars().next_back()? {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        _ => return None,
    };
    let closes = |next: &String| indent(next) == indent(line) && next.trim_start().starts_with(close);
    (!is_comment(line)).then(|| rest.iter().position(closes)).flatten()
}

/// `f(` ⏎ `a,` ⏎ `b,` ⏎ `)` on one line.
fn join(open: &str, inner: &[String], close: &str, width: usize) -> Option<Vec<String>> {
    if inner.iter().any(|line| is_comment(line) || line.ends_with([';', '{'])) {
        return None;
    }
    if inner.iter().any(|line| line.ends_with(['(', '['])) {
        return overflow(open, inner, close, width);
    }
    let inner_lines = inner;
    let inner = inner.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let inner = inner.strip_suffix(',').unwrap_or(&inner);
    let joined = format!("{open}{inner}{}", close.trim_start());
    if joined.len() <= width {
        return Some(vec![joined]);
    }
    overflow(open, inner_lines, close, width).or_else(|| constant(open, inner, close, width))
}

/// `f(` ⏎ `g(` ⏎ … ⏎ `),` ⏎ `)` with both brackets on one line.
fn overflow(open: &str, inner: &[String], close: &str, width: usize) -> Option<Vec<String>> {
    let [first, middle @ .., last] = inner else { return None };
    let nested =
        first.ends_with('(') && last.trim_end_matches(',').trim() == ")" && indent(first) == indent(last);
    let deeper = middle.iter().all(|line| indent(line) > indent(first));
    if !nested || !deeper || !close.trim_start().starts_with(')') {
        return None;
    }
    let mut lines = vec![format!("{open}{}", first.trim_start())];
    lines.extend(middle.iter().map(|line| line.get(4..).unwrap_or_default().to_owned()));
    lines.push(format!("{}){}", " ".repeat(indent(open)), close.trim_start()));
    lines.iter().all(|line| line.len() <= width).then_some(lines)
}

/// `const X: A = B::<` ⏎ `C,` ⏎ `>(…);` broken behind the `=`, or else between the arguments.
fn constant(open: &str, inner: &str, close: &str, width: usize) -> Option<Vec<String>> {
    let depth = " ".repeat(indent(open));
    let arguments = close.trim_start().strip_prefix(">(")?.strip_suffix(");")?;
    let (head, value) = open.split_once(" = ")?;
    let broken = vec![format!("{head} ="), format!("{depth}    {value}{inner}>({arguments});")];
    if broken.iter().all(|line| line.len() <= width) {
        return Some(broken);
    }
    let mut lines = vec![format!("{open}{inner}>(")];
    lines.extend(arguments.split(", ").map(|argument| format!("{depth}    {argument},")));
    lines.push(format!("{depth});"));
    Some(lines)
}

/// `x => {` ⏎ `f(…)` ⏎ `}` without the block.
fn arm(open: &str, inner: &[String], close: &str, width: usize) -> Option<Vec<String>> {
    if open.ends_with("async move {") || open.ends_with("async {") {
        return block(open, inner, close, width);
    }
    let head = open.strip_suffix("=> {")?;
    let (first, rest) = inner.split_first()?;
    let depth = indent(first);
    // One expression: all other lines are indented more, or close the first one's bracket.
    let one = rest
        .iter()
        .enumerate()
        .all(|(at, line)| indent(line) > depth || (at + 1 == rest.len() && line.trim() == ")"));
    let call = rest.is_empty() || first.ends_with('(');
    if !one
        || !call
        || close.trim() != "}"
        || inner.iter().any(|line| is_comment(line) || line.ends_with(';'))
    {
        return None;
    }
    let mut lines = vec![format!("{head}=> {}", first.trim_start())];
    lines.extend(rest.iter().map(|line| line.get(4..).unwrap_or_default().to_owned()));
    if let Some(last) = lines.last_mut() {
        last.push(',');
    }
    lines.iter().all(|line| line.len() <= width).then_some(lines)
}

/// `async {` ⏎ `a` ⏎ `}` on one line.
fn block(open: &str, inner: &[String], close: &str, width: usize) -> Option<Vec<String>> {
    let [line] = inner else { return None };
    let joined = format!("{open} {} {}", line.trim(), close.trim_start());
    let fits = joined.len() <= width && !line.ends_with(';') && !is_comment(line);
    fits.then(|| vec![joined])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn test(input: &str, expected: &str) {
        assert_eq!(fit(input.trim_start_matches('\n'), 0), expected.trim_start_matches('\n'));
    }

    #[test]
    fn a_chain_of_one_link_becomes_a_call() {
        test(
            "
match tag {
    tag if book::Format::PAPER.takes(tag) => {
        book::Format::PAPER
            .merge(
                &mut self.format,
                book::Format::Paper,
                book::Format::into_paper,
                source_of_a_name_that_is_long,
            )
    }
    tag if book::Format::URL.takes(tag) => {
        book::Format::URL
            .set(&mut self.format, source)
    }
    _ => {
        one();
        two()
    }
}
",
            "
match tag {
    tag if book::Format::PAPER.takes(tag) => book::Format::PAPER.merge(
        &mut self.format,
        book::Format::Paper,
        book::Format::into_paper,
        source_of_a_name_that_is_long,
    ),
    tag if book::Format::URL.takes(tag) => book::Format::URL.set(&mut self.format, source),
    _ => {
        one();
        two()
    }
}
",
        );
    }

    #[test]
    fn the_names_of_a_use_fill_lines() {
        assert_eq!(fill("use a::{\n    self, B,\n    C,\n};\n", 0), "use a::{self, B, C};\n");
        assert_eq!(fill("use a::B;\n", 0), "use a::B;\n");
        assert_eq!(
            fill("#[x]\nuse aa::{\n    bbbb, cccc,\n    dddd,\n};\n", 84),
            "#[x]\nuse aa::{\n    bbbb, cccc,\n    dddd,\n};\n"
        );
    }

    #[test]
    fn a_constant_is_broken_behind_its_type() {
        test(
            "
pub static LIST: Method<Publisher, Book> = Method::new::<
    Protobuf,
>(Kind::ServerStreaming, \"/library.v1.Library/List\");
",
            "
pub static LIST: Method<Publisher, Book> =
    Method::new::<Protobuf>(Kind::ServerStreaming, \"/library.v1.Library/List\");
",
        );
    }

    #[test]
    fn brackets_are_joined_where_they_fit() {
        test(
            "
const NAMES: &[(i32, &str)] = &[
    (0, \"A\"),
    (1, \"B\"),
];
fn f(
    a: A,
) -> B {
    (
        // why
        a,
    )
}
",
            "
const NAMES: &[(i32, &str)] = &[(0, \"A\"), (1, \"B\")];
fn f(a: A) -> B {
    (
        // why
        a,
    )
}
",
        );
    }
}
