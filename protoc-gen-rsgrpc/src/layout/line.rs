//! A line that may be too long, broken as rustfmt breaks it.

use super::expression::{self, Place, arguments, fits, split, width};
use super::{INDENT, SHORT, WIDTH};

/// The lines of what does not do as one, with `indent` before each, and without the last line's end; none if it does.
///
/// What cannot be broken stays as it is, as with rustfmt.
pub(super) fn broken(line: &str, indent: usize) -> Option<String> {
    if line.len() <= SHORT && line.len() + indent <= WIDTH {
        return None;
    }
    let statement = Statement { line, indent };
    let lines = if line.starts_with("#[") {
        None
    } else if line.starts_with("use ") {
        statement.imports()
    } else if line.starts_with("impl") {
        statement.implementation()
    } else if line.starts_with("if let ") {
        statement.condition()
    } else if line.contains("fn ") && line.ends_with(['{', ';']) {
        statement.function()
    } else if let Some((pattern, body)) = line.split_once(" => ") {
        statement.arm(pattern, body)
    } else if let Some((name, value)) = line.split_once(" = ") {
        statement.assignment(name, value)
    } else if let Some(member) = line.strip_suffix(',') {
        statement.member(member)
    } else {
        expression::rewrite(line, Place { indent, column: indent, tail: 0 })
    };
    let lines = lines.filter(|lines| lines != line)?;
    Some(format!("{}{lines}", " ".repeat(indent)))
}

#[derive(Clone, Copy)]
struct Statement<'a> {
    line: &'a str,
    indent: usize,
}

impl Statement<'_> {
    fn is_long(self) -> bool {
        self.indent + width(self.line) > WIDTH
    }

    /// A new line, so many levels in.
    fn newline(self, levels: usize) -> String {
        format!("\n{}", " ".repeat(self.indent + levels * INDENT))
    }

    /// `use a::{B, C};`: as many names on a line as it holds.
    fn imports(self) -> Option<String> {
        // rustfmt leaves a little room.
        const ROOM: usize = 2;
        let (head, names) = self.line.split_once('{')?;
        let names = names.strip_suffix("};").filter(|_| self.indent + self.line.len() > WIDTH - ROOM)?;
        let mut lines = format!("{head}{{");
        let mut column = WIDTH;
        let mut names = names.split(", ").peekable();
        while let Some(name) = names.next() {
            let space = usize::from(names.peek().is_some());
            if column + 1 + name.len() + 1 + space > WIDTH {
                lines.push_str(&self.newline(1));
                column = self.indent + INDENT;
            } else {
                lines.push(' ');
                column += 1;
            }
            lines.push_str(name);
            lines.push(',');
            column += name.len() + 1;
        }
        Some(format!("{lines}{}}};", self.newline(0)))
    }

    /// `impl A for B {` with `for B` and `{` on lines of their own. rustfmt does not count the indentation.
    fn implementation(self) -> Option<String> {
        let (head, brace) = self.line.split_once(" {").filter(|_| width(self.line) > WIDTH)?;
        let (implemented, this) = match head.find(" for ") {
            Some(at) => head.split_at_checked(at)?,
            None => head.split_at_checked(expression::closing(head, "impl".len())? + 1)?,
        };
        let this = this.trim_start();
        let last = self.newline(0);
        let end = if brace.is_empty() { String::new() } else { format!("{last}{brace}") };
        Some(format!("{implemented}{}{this}{last}{{{end}", self.newline(1)))
    }

    /// `if let A(b) = c {` with `c` and `{` on lines of their own.
    fn condition(self) -> Option<String> {
        let (pattern, value) = self.line.split_once(" = ").filter(|_| self.is_long())?;
        let value = value.strip_suffix(" {")?;
        let same = self.indent + width(pattern) + " = ".len() + width(value) <= WIDTH;
        let space = if same { " ".to_owned() } else { self.newline(1) };
        Some(format!("{pattern} ={space}{value}{}{{", self.newline(0)))
    }

    /// `fn f(a: A, b: B) -> C {` with a parameter on each line.
    fn function(self) -> Option<String> {
        let open = self.line.find('(').filter(|_| self.is_long())?;
        let (head, rest) = self.line.split_at_checked(open)?;
        let (parameters, end) = arguments(rest)?;
        let lines = self.vertical(head, '(', parameters);
        // rustfmt leaves room for more than the brace.
        const ROOM: usize = 4;
        let Some(returned) = end.strip_suffix(" {") else { return Some(format!("{lines}){end}")) };
        if self.indent + 1 + width(end) + ROOM <= WIDTH {
            return Some(format!("{lines}){end}"));
        }
        // What is returned is long by itself: the brace goes to the next line, or else its types do.
        let first = returned.split_once(" + ").map_or(returned, |(first, _)| first);
        if self.indent + 1 + width(first) <= WIDTH + 2 {
            return Some(format!("{lines}){returned}{}{{", self.newline(0)));
        }
        Some(format!("{lines}){}", self.generic(end)))
    }

    /// `A<B, C>` with an argument on each line.
    fn generic(self, text: &str) -> String {
        let end = |open| expression::closing(text, open);
        let parts = text.find('<').and_then(|open| {
            let close = end(open)?;
            Some((text.get(..open)?, text.get(open + 1..close)?, text.get(close..)?))
        });
        match parts {
            Some((head, arguments, end)) => format!("{}{end}", self.vertical(head, '<', arguments)),
            None => text.to_owned(),
        }
    }

    /// What commas separate on a line each, and the last line's indentation.
    fn vertical(self, head: &str, bracket: char, parts: &str) -> String {
        let mut lines = format!("{head}{bracket}");
        for part in split(parts) {
            lines.push_str(&self.newline(1));
            lines.push_str(part);
            lines.push(',');
        }
        lines + &self.newline(0)
    }

    /// `pattern => body,`: the body on the same line, or in a block if that is better.
    fn arm(self, pattern: &str, body: &str) -> Option<String> {
        let body = body.strip_suffix(',')?;
        if self.indent + width(pattern) + " => {".len() > WIDTH {
            return self.guarded(pattern, body);
        }
        let column = self.indent + width(pattern) + " => ".len();
        Some(match self.placed(body, column, 0) {
            Placed::Same(body) if !self.quirk(&body) => format!("{pattern} => {body},"),
            Placed::Same(_) => {
                let inside = self.indent + INDENT;
                let body = expression::rewrite(body, Place { indent: inside, column: inside, tail: 0 })?;
                self.block(pattern, &body)
            }
            Placed::Next(body) => self.block(pattern, &body),
        })
    }

    fn block(self, pattern: &str, body: &str) -> String {
        format!("{pattern} => {{{}{body}{}}}", self.newline(1), self.newline(0))
    }

    /// Whether rustfmt gives a call a block, though that does not help: where a closure has a line of its own, which
    /// could hold all of it if it were indented as the arm is, and could not one level in.
    fn quirk(self, body: &str) -> bool {
        let mut lines = body.lines().rev().map(str::trim);
        let (Some(")"), Some("},"), Some(inner), Some(head)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return false;
        };
        let whole = self.indent + width(head) + " ".len() + width(inner) + " }".len();
        head.contains('|') && (WIDTH - INDENT + 1..=WIDTH).contains(&whole)
    }

    /// `name if a.b() => body,` with `.b()` on the next line.
    fn guarded(self, pattern: &str, body: &str) -> Option<String> {
        let (guard, method) = pattern.rsplit_once('.')?;
        let inside = self.indent + INDENT;
        let body = expression::rewrite(body, Place { indent: inside, column: inside, tail: 0 })?;
        let (next, last) = (self.newline(1), self.newline(0));
        let fits = self.indent + width(guard) <= WIDTH;
        fits.then(|| format!("{guard}{next}.{method} =>{last}{{{next}{body}{last}}}"))
    }

    /// `name = value;`: the value on the same line, or on the next if that is better.
    fn assignment(self, name: &str, value: &str) -> Option<String> {
        let value = value.strip_suffix(';')?;
        let mut column = self.indent + width(name) + " = ".len();
        let mut name = name.to_owned();
        if column > WIDTH + 1 {
            // The type is broken, or on the next line.
            name = match name.split_once(": ") {
                Some((name, of)) if !of.contains('<') => format!("{name}:{}{of}", self.newline(1)),
                _ => self.generic(&name),
            };
            column = name.lines().next_back().map_or(0, width) + " = ".len();
        }
        Some(match self.placed(value, column, 1) {
            Placed::Same(value) => format!("{name} = {value};"),
            Placed::Next(value) => format!("{name} ={}{value};", self.newline(1)),
        })
    }

    /// Where a value is better that could start on this line, at `column`, or on the next, with `tail` behind it there.
    fn placed(self, value: &str, column: usize, tail: usize) -> Placed {
        let here = Place { indent: self.indent, column, tail: 1 };
        let same = expression::rewrite(value, here);
        if let Some(same) = same.as_ref().filter(|same| !same.contains('\n') && fits(same, here)) {
            return Placed::Same(same.clone());
        }
        let inside = self.indent + INDENT;
        let below = Place { indent: inside, column: inside, tail };
        match (same, expression::rewrite(value, below)) {
            (None, None) => Placed::Same(value.to_owned()),
            (None, Some(next)) => Placed::Next(next),
            (Some(same), Some(next))
                if (next.contains('\n') || fits(&next, below)) && prefers_next(&same, &next) =>
            {
                Placed::Next(next)
            }
            (Some(same), _) => Placed::Same(same),
        }
    }

    /// `name: Type` or `name: value` or `Name(Type)` or an argument.
    fn member(self, member: &str) -> Option<String> {
        let place = Place { indent: self.indent, column: self.indent, tail: 1 };
        match member.split_once(": ") {
            Some((name, of)) if name.starts_with("pub ") => {
                let inside = self.indent + INDENT;
                let next = fits(of, Place { indent: inside, column: inside, tail: 1 });
                self.is_long().then(|| {
                    if next {
                        format!("{name}:{}{of},", self.newline(1))
                    } else {
                        format!("{name}: {},", self.generic(of))
                    }
                })
            }
            Some((name, of)) => {
                let column = self.indent + width(name) + 2;
                let value = expression::rewrite(of, Place { column, ..place })?;
                Some(format!("{name}: {value},"))
            }
            None if !self.is_long() => None,
            None => {
                let value = expression::rewrite(member, place)?;
                Some(format!("{value},"))
            }
        }
    }
}

/// Where a value is.
enum Placed {
    Same(String),
    Next(String),
}

/// Whether a value is better on the next line, where it is `next`, than where it is `same`.
fn prefers_next(same: &str, next: &str) -> bool {
    let breaks = |text: &str| text.matches('\n').count();
    let opens = |text: &str, bracket: char| text.lines().next().is_some_and(|line| line.ends_with(bracket));
    breaks(next) == 0
        || breaks(same) > breaks(next) + 1
        || ['(', '{', '['].iter().any(|&bracket| opens(same, bracket) && !opens(next, bracket))
}

#[cfg(test)]
mod tests {
    use super::broken;

    /// A line that is eight in.
    #[track_caller]
    fn test(line: &str, expected: &str) {
        let expected = expected.strip_prefix('\n').unwrap_or(expected);
        assert_eq!(broken(line, 8).unwrap_or_else(|| format!("        {line}")), expected);
    }

    #[test]
    fn what_fits_stays() {
        for line in [
            "tag if Self::ISBN.takes(tag) => Self::ISBN.merge(&mut self.isbn, source),",
            "const NAME: &'static str = \"a name that is too long for any line, and cannot be broken anywhere at all, of course, by nobody\";",
            "let it = \"(, .)\".a_method_of_text_that_has_a_long_name();",
        ] {
            test(line, &format!("        {line}"));
        }
    }

    #[test]
    fn arms() {
        test(
            "tag if format::Format::URL.takes(tag) => format::Format::URL.set(&mut self.format, format::Format::Url, source),",
            "
        tag if format::Format::URL.takes(tag) => {
            format::Format::URL.set(&mut self.format, format::Format::Url, source)
        }",
        );
        test(
            "tag if format::Format::PAPER.takes(tag) => format::Format::PAPER.merge(&mut self.format, format::Format::Paper, format::Format::into_paper, source),",
            "
        tag if format::Format::PAPER.takes(tag) => format::Format::PAPER.merge(
            &mut self.format,
            format::Format::Paper,
            format::Format::into_paper,
            source,
        ),",
        );
        test(
            "\"GetProduct\" => call.unary(&shop::GET_PRODUCT, move |ctx, request| async move { T::get_product(&self.0, &ctx, request).await }),",
            "
        \"GetProduct\" => call.unary(&shop::GET_PRODUCT, move |ctx, request| async move {
            T::get_product(&self.0, &ctx, request).await
        }),",
        );
    }

    #[test]
    fn constants() {
        test(
            "const PUBLISHED_AT: Explicit<Nested> = Explicit::new(1_000, \"published_at\").json(\"at(published)\");",
            "
        const PUBLISHED_AT: Explicit<Nested> =
            Explicit::new(1_000, \"published_at\").json(\"at(published)\");",
        );
        test(
            "const NAMES: &[(i32, &str)] = &[(0, \"UNSPECIFIED\"), (1, \"ONE\"), (2, \"TWO\"), (3, \"THREE, FOUR\")];",
            "
        const NAMES: &[(i32, &str)] = &[
            (0, \"UNSPECIFIED\"),
            (1, \"ONE\"),
            (2, \"TWO\"),
            (3, \"THREE, FOUR\"),
        ];",
        );
        test(
            "const RESERVED: &[&str] = &[\"a\", \"bc\", \"def\", \"ghij\", \"klmno\", \"pqrstu\", \"v\", \"w\", \"x\", \"y\"];",
            "
        const RESERVED: &[&str] = &[
            \"a\", \"bc\", \"def\", \"ghij\", \"klmno\", \"pqrstu\", \"v\", \"w\", \"x\", \"y\",
        ];",
        );
    }

    #[test]
    fn functions() {
        test(
            "pub fn list_products(&self, request: ListProductsRequest) -> ServerStreamingCall<ListProductsRequest, Product> {",
            "
        pub fn list_products(
            &self,
            request: ListProductsRequest,
        ) -> ServerStreamingCall<ListProductsRequest, Product> {",
        );
        test(
            "self.the_name_of_a_field.as_ref().unwrap_or_else(|| Field::default_ref())",
            "
        self.the_name_of_a_field
            .as_ref()
            .unwrap_or_else(|| Field::default_ref())",
        );
    }
}
