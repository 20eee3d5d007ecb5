//! Expressions on one line, broken as rustfmt breaks them: calls, tuples, arrays and chains of methods.

use super::{INDENT, WIDTH};

/// How wide the arguments of a call or the elements of a tuple or an array may be together on one line.
const ARGUMENTS: usize = 60;

/// How wide a chain of more than one link may be on one line.
const CHAIN: usize = 60;

/// How long `move ` is, and what follows a closure's block does not count.
const CLOSURE: usize = "move ".len() - ")".len();

/// Elements that are no wider than this share lines.
const SMALL: usize = 10;

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// What its lines are indented by.
    pub indent: usize,
    /// Where it starts on the first one.
    pub column: usize,
    /// How much follows on the last one.
    pub tail: usize,
}

impl Place {
    /// At the start of a line, one level in.
    fn inside(self, tail: usize) -> Self {
        let indent = self.indent + INDENT;
        Self { indent, column: indent, tail }
    }
}

/// The expression, on as many lines as it takes. None if that does not help; a literal is as long as it is.
pub(super) fn rewrite(text: &str, place: Place) -> Option<String> {
    if is_literal(text) || (fits(text, place) && groups_fit(text)) {
        return Some(text.to_owned());
    }
    broken(text, place)
}

/// The expression on more than one line.
fn broken(text: &str, place: Place) -> Option<String> {
    if let Some(of) = text.strip_prefix('&') {
        let place = Place { column: place.column + 1, ..place };
        return broken(of, place).map(|of| format!("&{of}"));
    }
    if let Some((head, body)) = block(text) {
        let body = rewrite(body, place.inside(0))?;
        let (first, last) = (newline(place.indent + INDENT), newline(place.indent));
        return (place.column + width(head) <= WIDTH).then(|| format!("{head}{first}{body}{last}}}"));
    }
    let links = links(text);
    match links.split_first()? {
        (parent, []) => group(parent, place),
        (parent, links) => chain(parent, links, place),
    }
}

/// Whether it has room on one line.
pub(super) fn fits(text: &str, place: Place) -> bool {
    place.column + width(text) + place.tail <= WIDTH
}

/// In characters.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// Whether what stands in brackets, and a chain, are narrow enough for one line.
pub(super) fn groups_fit(text: &str) -> bool {
    let links = links(text);
    if links.len() > 2 && width(text) > CHAIN {
        return false;
    }
    if is_literal(text) {
        return true;
    }
    if let Some((_, body)) = block(text) {
        return groups_fit(body);
    }
    links.iter().all(|link| {
        let inner = link.find(['(', '[']).and_then(|open| arguments(link.get(open..)?));
        inner.is_none_or(|(inner, _)| match split(inner).as_slice() {
            // One argument may take all of the line, unless it is a call.
            [item] => groups_fit(item) && (!is_call(item) || width(inner) <= ARGUMENTS),
            _ => width(inner) <= ARGUMENTS,
        })
    })
}

/// Where the bracket at `open` has its other one.
pub(super) fn closing(text: &str, open: usize) -> Option<usize> {
    let rest = text.get(open..)?;
    let close = match rest.chars().next()? {
        '(' => b')',
        '[' => b']',
        _ => b'>',
    };
    Some(open + tops(rest).find(|&(at, byte)| at > 0 && byte == close)?.0)
}

/// What stands between the bracket that `text` starts with and its other one, and what follows.
pub(super) fn arguments(text: &str) -> Option<(&str, &str)> {
    let end = closing(text, 0)?;
    Some((text.get(1..end)?, text.get(end + 1..)?))
}

/// What commas separate.
pub(super) fn split(text: &str) -> Vec<&str> {
    let commas = tops(text).filter(|&(_, byte)| byte == b',').map(|(at, _)| at);
    let mut parts = Vec::new();
    let mut start = 0;
    for at in commas.chain([text.len()]) {
        parts.extend(text.get(start..at).map(str::trim).filter(|part| !part.is_empty()));
        start = at + 1;
    }
    parts
}

/// `a.b(c).d` to `a`, `.b(c)`, `.d`. Only what starts with a name is a chain.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut start = 0;
    if text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':') {
        for (at, _) in tops(text).filter(|&(_, byte)| byte == b'.') {
            links.extend(text.get(start..at));
            start = at;
        }
    }
    links.extend(text.get(start..));
    links
}

/// `async { a }` or `|b| async { a }`: up to the brace, and `a`.
fn block(text: &str) -> Option<(&str, &str)> {
    let head = tops(text).find(|&(_, byte)| byte == b'{')?.0;
    let body = text.get(head + 1..)?.strip_suffix('}')?;
    Some((text.get(..=head)?, body.trim()))
}

/// `|a| b` without a block: up to the second bar, and `b`.
fn closure(text: &str) -> Option<(&str, &str)> {
    let (parameters, body) = text.strip_prefix('|')?.split_once('|')?;
    let parameters = text.get(..parameters.len() + 2)?;
    Some((parameters, body.trim_start())).filter(|(_, body)| !body.ends_with('}'))
}

/// The bytes that stand in no brackets, in no literal and not among a closure's parameters, and where. Brackets
/// themselves count as outside.
fn tops(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut depth, mut quoted, mut escaped, mut parameters) = (0_usize, false, false, false);
    text.bytes().enumerate().filter(move |&(_, byte)| {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => quoted = true,
            b'|' => parameters = !parameters,
            b'(' | b'[' | b'{' | b'<' => {
                depth += 1;
                return depth == 1;
            }
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && !parameters
    })
}

/// A call, a tuple or an array: all on one line, the only argument's brackets on this one's lines, or an argument on each line.
fn group(text: &str, place: Place) -> Option<String> {
    let open = text.find(['(', '['])?;
    let (inner, _) = arguments(text.get(open..)?).filter(|(_, rest)| rest.is_empty())?;
    let (head, close) = (text.get(..=open)?, text.get(text.len() - 1..)?);
    // rustfmt does not count what follows the name of a generic function.
    let uncounted = if head.ends_with(">(") { 2 } else { 0 };
    if place.column + width(head) > WIDTH + uncounted {
        return None;
    }
    let items = split(inner);
    if let [item] = items.as_slice()
        && is_call(item)
    {
        let nested = Place { column: place.column + width(head), tail: place.tail + 1, ..place };
        if let Some(item) = broken(item, nested) {
            return Some(format!("{head}{item}{close}"));
        }
    }
    if let [item] = items.as_slice()
        && let Some((parameters, body)) = closure(item)
    {
        let body = rewrite(body, place.inside(0))?;
        let (first, last) = (newline(place.indent + INDENT), newline(place.indent));
        return Some(format!("{head}{parameters} {{{first}{body}{last}}}{close}"));
    }
    if let Some((last, before)) = items.split_last()
        && let Some((block, _)) = block(last)
    {
        let before = before.iter().map(|item| format!("{item}, ")).collect::<String>();
        let column = place.column + width(head) + width(&before);
        let place = Place { tail: place.tail + 1, ..place };
        if width(&before) + width(block) <= ARGUMENTS
            && fits(block, Place { column, ..place })
            && let Some(last) = broken(last, Place { column, ..place })
        {
            return Some(format!("{head}{before}{last}{close}"));
        }
    }
    let inside = place.inside(1);
    let (newline, last) = (newline(inside.indent), newline(place.indent));
    let mut lines = head.to_owned();
    if items.iter().all(|item| is_simple(item) && width(item) <= SMALL) {
        let mut column = WIDTH;
        for item in items {
            if column + width(item) + 2 > WIDTH {
                lines.push_str(&newline);
                column = inside.indent;
            } else {
                lines.push(' ');
                column += 1;
            }
            lines.push_str(item);
            lines.push(',');
            column += width(item) + 1;
        }
    } else {
        for item in items {
            lines.push_str(&newline);
            lines.push_str(&rewrite(item, inside)?);
            lines.push(',');
        }
    }
    Some(lines + &last + close)
}

/// `a.b().c()`: a link on each line, or the last one's arguments.
fn chain(parent: &str, links: &[&str], place: Place) -> Option<String> {
    let (last, middle) = links.split_last()?;
    let room = if links.len() > 1 {
        CHAIN.min(WIDTH.saturating_sub(place.column + place.tail))
    } else {
        WIDTH.saturating_sub(place.column + place.tail)
    };
    let (mut root, mut middle) = (parent.to_owned(), middle);
    // A short name takes the next link along, at the start of a line.
    let tab = INDENT.saturating_sub(place.column - place.indent);
    while root.len() <= tab {
        let Some((link, rest)) = middle.split_first() else { break };
        root.push_str(link);
        middle = rest;
    }
    if !fits(&root, place) || !groups_fit(&root) {
        // Links follow the brackets of a call that takes many lines.
        let root = group(&root, Place { column: place.column + 1, tail: 0, ..place })?;
        let newline = newline(place.indent);
        let links = middle.iter().chain([last]).map(|link| format!("{newline}{link}"));
        return Some(root + &links.collect::<String>());
    }
    let before = width(&root) + middle.iter().map(|link| width(link)).sum::<usize>();
    let inside = place.inside(place.tail);
    let alone = link(last, inside);
    let same = link(last, Place { column: place.column + before, ..place });
    if let Some(same) = same {
        let opens = |text: &str| text.lines().next().is_some_and(|line| line.ends_with('('));
        let (lines, first) = (same.lines().count(), same.lines().next().map_or(0, width));
        let could = before + first <= room;
        let better = alone.as_ref().is_none_or(|alone| alone.lines().count() >= lines);
        // A block that could begin on the link's own line, and not on this one. (rustfmt only sees that of a
        // closure that would fit on a line by itself.)
        let block = alone.as_ref().is_some_and(|alone| alone.contains('\n') && !opens(alone))
            && opens(&same)
            && last.find('|').is_some_and(|at| place.indent + width(last) - at + CLOSURE <= WIDTH);
        if could && !block && (lines >= 5 || better) {
            return Some(format!("{root}{}{same}", middle.concat()));
        }
    }
    let newline = newline(inside.indent);
    let mut lines = root;
    for link in middle.iter().copied().chain([alone.as_deref().unwrap_or(last)]) {
        lines.push_str(&newline);
        lines.push_str(link);
    }
    Some(lines)
}

/// `.name(arguments)`
fn link(text: &str, place: Place) -> Option<String> {
    if fits(text, place) && groups_fit(text) { Some(text.to_owned()) } else { group(text, place) }
}

/// A call of a function: its brackets can stand on the lines of those around it.
fn is_call(text: &str) -> bool {
    text.ends_with(')') && !text.starts_with(['|', '(', '&', '*']) && links(text).len() == 1
}

/// Of text or bytes.
fn is_literal(text: &str) -> bool {
    text.starts_with('"') || text.starts_with("b\"")
}

/// A literal, or a name without a path.
fn is_simple(text: &str) -> bool {
    is_literal(text)
        || text.starts_with('-')
        || text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn newline(indent: usize) -> String {
    format!("\n{}", " ".repeat(indent))
}
