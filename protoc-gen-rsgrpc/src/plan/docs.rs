//! Comments in a `.proto` file to text that rustdoc takes as it was meant.
//!
//! The comment is free text that often looks like Markdown. Paragraphs, lists, headings, fences, code, emphasis
//! and links stay; what would change its meaning, or make rustc, rustdoc or clippy complain, is mended, and no text
//! is left out:
//! - `[x]` that is no link with an address, and `<x>`: escaped;
//! - a bare URL: put between `<` and `>`;
//! - an indented block, and a fence without a language: a fence marked as text, so that nobody compiles it;
//! - a fence or a backtick that is never closed: closed, or escaped;
//! - a list item's next line: indented as the item's text is;
//! - what looks like a quote, a rule or an underlined heading (`> 0`, `-----`): escaped;
//! - characters that turn the direction of text, which rustc refuses: left out.

use super::model::Docs;

/// What stands before an item with this comment.
pub(super) fn of(comment: Option<&str>, deprecated: bool) -> Docs {
    Docs { lines: lines(comment), deprecated }
}

/// The lines of a doc comment, without `///`, each starting with a space or empty.
pub(super) fn lines(comment: Option<&str>) -> Vec<String> {
    let lines = dedent(comment.unwrap_or_default());
    let mut writer = Writer::default();
    for line in &lines {
        writer.line(line);
    }
    writer.finish().into_iter().map(|line| if line.is_empty() { line } else { format!(" {line}") }).collect()
}

/// Without what all lines are indented by (protoc leaves the space behind `//`), without trailing space and
/// without empty lines at the ends.
fn dedent(comment: &str) -> Vec<String> {
    // What is left of `///` and `/**`.
    let slashes = comment.lines().all(|line| line.is_empty() || line.starts_with('/'));
    let comment = comment.strip_prefix('*').unwrap_or(comment);
    let lines = comment
        .lines()
        .map(|line| {
            let line = line.strip_prefix('/').filter(|_| slashes).unwrap_or(line);
            let line: String = line
                .chars()
                .filter(|c| !turns(*c))
                .map(|c| if c.is_control() && c != '\t' { ' ' } else { c })
                .collect();
            line.replace('\t', "    ").trim_end().to_owned()
        })
        .collect::<Vec<_>>();
    let filled = || lines.iter().filter(|line| !line.is_empty());
    // One space, not more: the rest may be meant. The first line may stand right behind `/*`.
    let space = filled().skip(1).all(|line| line.starts_with(' ')) && filled().next().is_some();
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(start, |last| last + 1);
    let kept = lines.get(start..end).unwrap_or_default();
    kept.iter().map(|line| line.strip_prefix(' ').filter(|_| space).unwrap_or(line).to_owned()).collect()
}

/// Whether it changes the direction of the text that follows, which rustc refuses in code and comments: its lints
/// `text_direction_codepoint_in_literal` and `text_direction_codepoint_in_comment`.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[derive(Default)]
struct Writer {
    out: Vec<String>,
    /// Whether the last line is part of a paragraph, which goes on.
    open: bool,
    /// Where the text of the list items starts that the line is in, from the outermost.
    items: Vec<usize>,
    block: Block,
}

#[derive(Default)]
enum Block {
    #[default]
    Text,
    /// Between fences: the fence that ends it.
    Fence(String),
    /// Indented by more than four: by how much, and what it holds.
    Indented(usize, Vec<String>),
}

impl Writer {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match &mut self.block {
            Block::Fence(fence) => {
                if text.len() >= fence.len() && text.chars().all(|c| fence.starts_with(c)) {
                    self.close_block();
                } else {
                    let inner = self.inner();
                    self.push(line.get(inner.min(indent)..).unwrap_or_default());
                }
                return;
            }
            Block::Indented(depth, held) => {
                if text.is_empty() || indent >= *depth {
                    held.push(line.get(*depth..).unwrap_or_default().to_owned());
                    return;
                }
                self.close_block();
            }
            Block::Text => {}
        }
        if text.is_empty() {
            self.open = false;
            self.push("");
            return;
        }
        let inner = self.inner();
        let item = item(text).filter(|item| !self.open || item.may_interrupt || indent < inner);
        if !self.open || item.is_some() {
            // A line that is indented less than an item's text leaves the item.
            while self.items.last().is_some_and(|&start| indent < start) {
                self.items.pop();
            }
        }
        if !self.open && indent >= self.inner() + 4 {
            self.block = Block::Indented(indent, vec![text.to_owned()]);
        } else if let Some(fence) = fence(text) {
            let info = text.get(fence.len()..).unwrap_or_default().trim();
            self.push(&format!("{fence}{}", if is_language(info) { info } else { "text" }));
            self.block = Block::Fence(fence);
        } else if let Some(Item { marker, text, .. }) = item {
            self.push(&format!("{marker} {}", escape(&literal(text))));
            self.items.push(self.inner() + marker.len() + 1);
            self.open = true;
        } else if !self.open && is_heading(text) {
            self.push(&escape(text));
        } else {
            self.push(&escape(&literal(text)));
            self.open = true;
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.close_block();
        self.out
    }

    /// How far what is in the innermost list item is indented.
    fn inner(&self) -> usize {
        self.items.last().copied().unwrap_or_default()
    }

    fn push(&mut self, line: &str) {
        let pad = " ".repeat(self.inner());
        self.out.push(format!("{pad}{line}").trim_end().to_owned());
    }

    fn close_block(&mut self) {
        match std::mem::take(&mut self.block) {
            Block::Text => {}
            Block::Fence(fence) => self.push(&fence),
            Block::Indented(_, mut held) => {
                let blank = held.iter().rev().take_while(|line| line.trim().is_empty()).count();
                held.truncate(held.len() - blank);
                let longest = held.iter().map(|line| backticks(line)).max().unwrap_or_default();
                let fence = "`".repeat(longest.max(2) + 1);
                self.push(&format!("{fence}text"));
                held.iter().for_each(|line| self.push(line));
                self.push(&fence);
                (0..blank).for_each(|_| self.push(""));
            }
        }
        self.open = false;
    }
}

/// The start of a list item.
struct Item<'a> {
    /// `-`, `1.` …
    marker: &'a str,
    /// What follows on the same line.
    text: &'a str,
    /// Whether it starts a list in the middle of a paragraph. There, a line may start with a year.
    may_interrupt: bool,
}

/// The list item that `text` starts.
fn item(text: &str) -> Option<Item<'_>> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let length = match text.as_bytes().first()? {
        b'-' | b'*' | b'+' => 1,
        b'0'..=b'9' if digits <= 9 && text.get(digits..)?.starts_with(['.', ')']) => digits + 1,
        _ => return None,
    };
    let (marker, rest) = text.split_at_checked(length)?;
    let content = rest.trim_start();
    let may_interrupt = digits == 0 || text.get(..digits) == Some("1");
    let is_item = content.len() < rest.len() && !content.is_empty() && !is_rule(text);
    is_item.then_some(Item { marker, text: content, may_interrupt })
}

fn is_heading(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    (1..=6).contains(&(text.len() - rest.len())) && (rest.is_empty() || rest.starts_with(' '))
}

/// A line of nothing but dashes or the like, which would be a rule or underline a heading.
fn is_rule(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| !c.is_whitespace());
    let first = marks.next().unwrap_or_default();
    matches!(first, '-' | '=' | '*' | '_' | '+' | '~') && marks.all(|c| c == first)
}

/// `text` with an escape before what would make it more than text.
fn literal(text: &str) -> String {
    let marker = item(text).map_or(0, |item| item.marker.len());
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let alone = digits > 0 && matches!(text.get(digits..), Some("." | ")"));
    if alone || (digits > 0 && marker > 0) {
        let (number, rest) = text.split_at_checked(digits).unwrap_or_default();
        format!("{number}\\{rest}")
    } else if marker > 0 || is_rule(text) || is_heading(text) || text.starts_with(['>', '~']) {
        format!("\\{text}")
    } else {
        text.to_owned()
    }
}

/// The fence at the start of `text`.
fn fence(text: &str) -> Option<String> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|&c| c == mark).count();
    let info = text.get(length..).unwrap_or_default();
    (length >= 3 && !info.contains('`')).then(|| mark.to_string().repeat(length))
}

/// Whether rustdoc takes `info` as the name of a language that is not Rust.
fn is_language(info: &str) -> bool {
    const RUST: &[&str] =
        &["rust", "ignore", "should_panic", "no_run", "compile_fail", "test_harness", "standalone", "custom"];
    let word = info.starts_with(|c: char| c.is_ascii_alphabetic())
        && info.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-'));
    let error = info.strip_prefix('E').is_some_and(|code| code.chars().all(|c| c.is_ascii_digit()));
    word && !error && !RUST.iter().any(|rust| info.starts_with(rust)) && !info.starts_with("edition")
}

/// The longest run of backticks in `text`.
fn backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Escapes what a paragraph does not mean as Markdown.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // How long the runs of backticks are that nothing closes: looked for once only.
    let mut unclosed = Vec::new();
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '`' => {
                let run = rest.len() - rest.trim_start_matches('`').len();
                match (!unclosed.contains(&run)).then(|| code_span(rest, run)).flatten() {
                    Some(length) => {
                        out.push_str(rest.get(..length).unwrap_or_default());
                        length
                    }
                    None => {
                        unclosed.push(run);
                        out.push_str(&"\\`".repeat(run));
                        run
                    }
                }
            }
            '\\' => {
                let escaped = rest.chars().nth(1).filter(char::is_ascii_punctuation);
                out.push('\\');
                out.extend(escaped);
                1 + escaped.map_or(0, char::len_utf8)
            }
            '[' => match link(rest) {
                Some(length) => {
                    out.push_str(rest.get(..length).unwrap_or_default());
                    length
                }
                None => {
                    out.push_str("\\[");
                    1
                }
            },
            ']' => {
                out.push_str("\\]");
                1
            }
            '<' => {
                let address = url(rest.get(1..).unwrap_or_default(), true);
                let closed = rest.get(1 + address..).is_some_and(|after| after.starts_with('>'));
                if address > 0 && closed {
                    out.push_str(rest.get(..address + 2).unwrap_or_default());
                    address + 2
                } else {
                    out.push_str("\\<");
                    1
                }
            }
            'h' if !out.ends_with(|c: char| c.is_ascii_alphanumeric()) && url(rest, false) > 0 => {
                let length = url(rest, false);
                out.push('<');
                out.push_str(rest.get(..length).unwrap_or_default());
                out.push('>');
                length
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// The length of the code span that starts with `run` backticks.
fn code_span(text: &str, run: usize) -> Option<usize> {
    let mut at = run;
    loop {
        let rest = text.get(at..)?;
        at += rest.find('`')?;
        let rest = text.get(at..)?;
        let length = rest.len() - rest.trim_start_matches('`').len();
        at += length;
        if length == run {
            return Some(at);
        }
    }
}

/// The length of a link `[text](address)` on one line, whose text needs no escapes.
fn link(text: &str) -> Option<usize> {
    let label = text.get(1..)?.find(['[', ']', '<', '`', '\n'])?;
    let rest = text.get(1 + label..)?.strip_prefix("](")?;
    let address = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>'))?;
    let absolute = rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("mailto:");
    (label > 0 && absolute && rest.get(address..)?.starts_with(')')).then_some(1 + label + 2 + address + 1)
}

/// The length of the URL that `text` starts with; 0 if there is none. What ends the sentence is not part of it.
fn url(text: &str, bracketed: bool) -> usize {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    let scheme = text.len() - rest.len();
    let end = rest
        .find(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '`' | '"' | '[' | ']' | '\\') || !c.is_ascii()
        })
        .unwrap_or(rest.len());
    let address = rest.get(..end).unwrap_or_default();
    let address = if bracketed {
        address
    } else {
        let opened = address.contains('(');
        address.trim_end_matches(|c: char| {
            matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_') || (c == ')' && !opened)
        })
    };
    if address.is_empty() { 0 } else { scheme + address.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn test(comment: &str, expected: &[&str]) {
        assert_eq!(lines(Some(comment)), expected);
    }

    #[test]
    fn plain_text_stays() {
        assert!(lines(None).is_empty());
        assert!(lines(Some(" \n")).is_empty());
        test(" A book.\n\n It has *pages*.\n", &[" A book.", "", " It has *pages*."]);
        test(" Ends with */ and ///", &[" Ends with */ and ///"]);
        test("/ Three.\n/ Slashes.\n", &[" Three.", " Slashes."]);
        test("*\n Two stars.\n", &[" Two stars."]);
        test(" a\rb\u{85}c\u{b}d\n", &[" a b c d"]);
        test(" \u{202e}a\u{2066}b\u{2069} שלום", &[" ab שלום"]);
    }

    #[test]
    fn brackets_and_html() {
        test(" [x] and [y][z] <b>", &[r" \[x\] and \[y\]\[z\] \<b>"]);
        test(" [a](https://b.c) stays", &[" [a](https://b.c) stays"]);
        test(" `[x]<y>` stays, ` does not", &[r" `[x]<y>` stays, \` does not"]);
        test(r" \[x\]", &[r" \[x\]"]);
        test(" Map<string, List<int>>", &[r" Map\<string, List\<int>>"]);
    }

    #[test]
    fn urls() {
        test(" See https://a.b/c_d. Or <http://x>.", &[" See <https://a.b/c_d>. Or <http://x>."]);
        test(" (https://a.b)", &[" (<https://a.b>)"]);
        test(" xhttp://", &[" xhttp://"]);
    }

    #[test]
    fn code() {
        test(
            " Such as:\n\n     let x = [1];\n       y\n\n Done.",
            &[" Such as:", "", " ```text", " let x = [1];", "   y", " ```", "", " Done."],
        );
        test(" ```\n a < b", &[" ```text", " a < b", " ```"]);
        test(" ```json\n {}\n ```\n x", &[" ```json", " {}", " ```", " x"]);
        test(" ```rust,no_run\n {}\n ```", &[" ```text", " {}", " ```"]);
        test("     ```\n     x", &[" ````text", " ```", " x", " ````"]);
    }

    #[test]
    fn lists() {
        test(
            " - one\n more\n     of it\n   - inner\n * two\n\n after",
            &[" - one", "   more", "   of it", "   - inner", " * two", "", " after"],
        );
        test(" Born\n 1986. Died\n 1. x", &[" Born", r" 1986\. Died", " 1. x"]);
        test(
            " -   wide\n     goes on\n\n   still\n out",
            &[" - wide", "   goes on", "", "   still", "   out"],
        );
        test(" - ```\n   x\n - - y", &[r" - \`\`\`", "   x", r" - \- y"]);
    }

    #[test]
    fn what_is_more_than_text() {
        test(" is\n > 0\n # 1\n -----\n *", &[" is", r" \> 0", r" \# 1", r" \-----", r" \*"]);
        test(" # Heading\n #tag", &[" # Heading", " #tag"]);
    }
}
