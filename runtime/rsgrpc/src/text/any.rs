//! The content of an `Any`, written out: `[type.googleapis.com/pkg.Type] { … }`.

use super::ANY;
use super::input::{Given, Input, Target};
use super::lexer::is_letter;
use super::out::Out;
#[cfg(feature = "reflect")]
use super::{body, erased};
#[cfg(feature = "reflect")]
use crate::Limits;
use crate::codegen::{Blob, Str};
#[cfg(feature = "reflect")]
use crate::dynamic;
use crate::error::Fault;
use crate::registry::Found;
use crate::source::tag_of;
use crate::wkt;

/// The fields of `Any`.
const TYPE_URL: u32 = tag_of::<Str>(1);
const VALUE: u32 = tag_of::<Blob>(2);

/// What a URL may hold beside letters and digits.
const URL: &[u8] = b"/-.~_!$&()*+,;=%";

impl<'a> Input<'a> {
    /// A name behind `[`, up to and with the `]`.
    pub(super) fn bracketed_name(&mut self) -> Result<String, Fault> {
        let mut name = String::new();
        let mut end = self.lexer.position();
        loop {
            if self.lexer.take(b']') {
                return Ok(name);
            }
            let start = self.lexer.start();
            match self.lexer.next() {
                Some(byte) if is_letter(byte) || byte.is_ascii_digit() || URL.contains(&byte) => {
                    // Spaces may stand around the signs between words alone.
                    let inner = !is_sign(byte) && name.bytes().next_back().is_some_and(|last| !is_sign(last));
                    if inner && start > end {
                        return Err(self.lexer.expected("`]`"));
                    }
                    self.lexer.take(byte);
                    name.push(byte.into());
                    end = self.lexer.position();
                }
                _ => return Err(self.lexer.expected("`]`")),
            }
        }
    }

    /// The content of an `Any` behind the name of its type.
    pub(super) fn any(
        &mut self,
        start: usize,
        url: &str,
        target: &mut dyn Target<'a>,
        set: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let name = url.rsplit('/').next().unwrap_or_default();
        if target.full_name() != ANY {
            let text =
                format!("a type's URL names a field of `{ANY}` alone, not of `{}`", target.full_name());
            return Err(self.lexer.fail_at(start, text));
        }
        let Some(message) = self.known.message(name) else {
            return Err(self.lexer.fail_at(start, format!("there is no message `{name}` in the registry")));
        };
        self.once(start, TYPE_URL >> 3, target, set)?;
        self.once(start, VALUE >> 3, target, set)?;
        self.lexer.take(b':');
        let bytes = match message {
            Found::Static(message) => (message.text.read)(self),
            #[cfg(feature = "reflect")]
            Found::Dynamic(types, of) => {
                let mut body = dynamic::Body::default();
                let read = erased::read_content(&mut dynamic::Filling { types, of, body: &mut body }, self);
                read.and_then(|began| {
                    erased::encoded(began, dynamic::Showing { types, of, body: &body }, self)
                })
            }
        };
        let bytes = bytes.inspect_err(|fault| self.lexer.blame(*fault, &format!("[{url}]")))?;
        self.given = Some(Given::Text(url.to_owned()));
        target.merge(TYPE_URL, self)?;
        self.given = Some(Given::Blob(bytes.into()));
        target.merge(VALUE, self)
    }
}

fn is_sign(byte: u8) -> bool {
    matches!(byte, b'.' | b'/')
}

/// Prints what `any` holds, if its type is in the registry.
pub(super) fn print(any: &wkt::Any, out: &mut Out<'_>) -> bool {
    let Some((_, name)) = any.type_url.rsplit_once('/') else { return false };
    let plain = any.type_url.bytes().all(|byte| byte.is_ascii_alphanumeric() || URL.contains(&byte));
    let Some(message) = out.known.message(name) else { return false };
    if !plain || !any.unknown_fields.is_empty() {
        return false;
    }
    let mark = out.mark();
    out.open(format_args!("[{}]", any.type_url));
    let whole = match message {
        Found::Static(message) => (message.text.print)(&any.value, out).is_ok(),
        #[cfg(feature = "reflect")]
        Found::Dynamic(types, of) => match dynamic::Body::decode(types, of, &any.value, Limits::default()) {
            Ok(body) => {
                body::print(dynamic::Showing { types, of, body: &body }, out);
                true
            }
            Err(_) => false,
        },
    };
    if whole {
        out.close();
    } else {
        out.reset(mark);
    }
    whole
}
