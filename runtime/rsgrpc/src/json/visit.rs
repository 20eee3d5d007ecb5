//! The writer as the visitor of a message's fields.

use bytes::Bytes;

use super::any;
use super::error::Cause;
use super::form::{Form, is_null, of_shown};
use super::out::Out;
use super::wkt;
use crate::enumeration::Names;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::registry::Part;
use crate::visit::{Shown, Sink, Visitor};
use crate::{Map, UnknownFields};

/// Writes a message in its form.
pub(super) fn message<'m, M: Shown<'m>>(message: M, out: &mut Out<'_>) {
    match of_shown(message) {
        Form::Object => {
            out.open(b'{');
            members(message, out);
            out.close(b'}');
        }
        Form::Any => any::write(message, out),
        form @ (Form::Timestamp | Form::Duration | Form::FieldMask) => wkt::write(form, message, out),
        form @ (Form::Struct | Form::List | Form::Value | Form::Wrapper) => content(message, form, out),
    }
}

/// Writes the fields of a message, between braces that are there.
#[inline(never)]
pub(super) fn members<'m, M: Shown<'m>>(message: M, out: &mut Out<'_>) {
    out.depth += 1;
    message.visit(&mut Object { out, name: message.name(), extension: false });
    out.depth -= 1;
}

/// Writes the fields of an object.
pub(crate) struct Object<'w, 'o> {
    out: &'w mut Out<'o>,
    /// The message's.
    name: &'w str,
    /// The field is an extension of it.
    extension: bool,
}

impl<'w, 'o> Object<'w, 'o> {
    /// For the value of an extension of the message `name`.
    pub(super) fn extending(name: &'w str, out: &'w mut Out<'o>) -> Self {
        Self { out, name, extension: true }
    }

    /// Begins a member. False where its value is not to be written.
    #[inline]
    fn begin(&mut self, label: &FieldLabel<'_>) -> bool {
        !self.extension && self.out.simple_field(label) || self.begin_any(label)
    }

    #[cold]
    #[inline(never)]
    fn begin_any(&mut self, label: &FieldLabel<'_>) -> bool {
        if self.out.failure.is_some() {
            return false;
        }
        if self.extension {
            self.out.part();
            self.out.string(&format!("[{}]", label.name));
            self.out.colon();
        } else {
            self.out.field(label);
        }
        let shown = !(label.redact && self.out.options.redact);
        if !shown {
            self.out.redacted();
        }
        shown
    }

    #[inline]
    fn end(&mut self, label: &FieldLabel<'_>) {
        if let Some(failure) = &mut self.out.failure {
            failure.field(label.name);
        }
    }
}

impl<'m> Visitor<'m> for Object<'_, '_> {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        let place = if !self.extension && self.out.is_simple() {
            Place::Member(label)
        } else if self.begin_any(label) {
            Place::Value
        } else {
            return;
        };
        kind.show(value, Value { out: self.out, place });
        self.end(label);
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        if self.begin(label) {
            list(kind, values, self.out);
            self.end(label);
        }
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        kinds: (K, V),
        entries: &'m Map<A, B>,
    ) {
        if self.begin(label) {
            map(kinds, entries, self.out);
            self.end(label);
        }
    }

    #[cold]
    fn unknown(&mut self, fields: &'m UnknownFields) {
        let Some(registry) = self.out.options.registry else { return };
        for part in registry.parts(self.name, fields) {
            if let Part::Extension(extension) = part {
                (extension.json.write)(&extension.label, self.name, fields, self.out);
            }
        }
    }

    fn unset<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        if self.out.options.defaults {
            self.one(label, kind, value);
        }
    }

    fn empty(&mut self, label: &FieldLabel<'m>, map: bool) {
        if self.out.options.defaults && self.begin(label) {
            self.out.bytes.extend_from_slice(if map { b"{}" } else { b"[]" });
        }
    }
}

fn list<'m, K: Show<T> + 'm, T>(kind: K, values: &'m [T], out: &mut Out<'_>) {
    out.open(b'[');
    if kind.packable() && !out.options.pretty && !values.is_empty() {
        // None of these fails.
        for value in values {
            kind.show(value, Value { out, place: Place::Element });
        }
        // The last comma is none.
        out.bytes.pop();
        out.close(b']');
        return;
    }
    for (index, value) in values.iter().enumerate() {
        out.part();
        kind.show(value, Value { out, place: Place::Value });
        if let Some(failure) = &mut out.failure {
            failure.index(index);
            return;
        }
    }
    out.close(b']');
}

fn map<'m, K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
    (of_key, of_value): (K, V),
    entries: &'m Map<A, B>,
    out: &mut Out<'_>,
) {
    out.open(b'{');
    for (key, value) in entries {
        out.part();
        let start = out.bytes.len();
        of_key.show(key, Value { out, place: Place::Key });
        let end = out.bytes.len();
        out.colon();
        of_value.show(value, Value { out, place: Place::Value });
        if let Some(failure) = &mut out.failure {
            let key = out.bytes.get(start + 1..end - 1).unwrap_or_default();
            failure.key(&String::from_utf8_lossy(key));
            return;
        }
    }
    out.close(b'}');
}

/// Writes what the field of a message holds, in place of the message.
fn content<'m, M: Shown<'m>>(message: M, form: Form, out: &mut Out<'_>) {
    out.depth += 1;
    let place = if form == Form::Value { Place::Finite } else { Place::Value };
    let mut content = Content { out, place, written: false };
    message.visit(&mut content);
    if !content.written {
        match form {
            Form::Struct => out.bytes.extend_from_slice(b"{}"),
            Form::List => out.bytes.extend_from_slice(b"[]"),
            _ => out.fail(Cause::Required, "a google.protobuf.Value without a value has no form in JSON"),
        }
    }
    out.depth -= 1;
}

/// Writes the value of a message's only field.
struct Content<'w, 'o> {
    out: &'w mut Out<'o>,
    place: Place<'w>,
    written: bool,
}

impl<'m> Visitor<'m> for Content<'_, '_> {
    fn one<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.written = true;
        kind.show(value, Value { out: self.out, place: self.place });
    }

    fn many<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        self.written = true;
        list(kind, values, self.out);
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        _: &FieldLabel<'m>,
        kinds: (K, V),
        entries: &'m Map<A, B>,
    ) {
        self.written = true;
        map(kinds, entries, self.out);
    }

    fn unknown(&mut self, _: &'m UnknownFields) {}

    fn unset<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.one(label, kind, value);
    }
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
enum Place<'w> {
    Value,
    /// Behind the name of its member, which is to be written.
    Member(&'w FieldLabel<'w>),
    /// In a list of numbers and the like, each of which is followed by a comma.
    Element,
    /// As the key of a map, which JSON wants between quotes.
    Key,
    /// In a `google.protobuf.Value`, whose numbers are finite.
    Finite,
}

/// Writes one value.
struct Value<'w, 'o> {
    out: &'w mut Out<'o>,
    place: Place<'w>,
}

impl Value<'_, '_> {
    /// Writes the name of a member.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn name(&mut self) {
        if let Place::Member(label) = self.place
            && !self.out.simple_field(label)
        {
            self.out.field(label);
        }
    }

    /// Ends an element.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn comma(self) {
        if matches!(self.place, Place::Element) {
            self.out.bytes.push(b',');
        }
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty, $quoted:expr;)*) => {$(
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn $method(self, value: $type) {
            match self.place {
                Place::Member(label) => self.out.integer_member(label, value.into(), $quoted),
                Place::Element => self.out.integer_element(value, $quoted),
                Place::Key => self.out.integer(value, true),
                Place::Value | Place::Finite => self.out.integer(value, $quoted),
            }
        }
    )*};
}

impl<'m> Sink<'m> for Value<'_, '_> {
    type Out = ();

    // Numbers of 64 bits are strings: JavaScript has no such numbers.
    integers! {
        int32: i32, false;
        int64: i64, true;
        uint32: u32, false;
        uint64: u64, true;
        sint32: i32, false;
        sint64: i64, true;
        fixed32: u32, false;
        fixed64: u64, true;
        sfixed32: i32, false;
        sfixed64: i64, true;
    }

    fn bool(mut self, value: bool) {
        self.name();
        let text: &[u8] = if value { b"true" } else { b"false" };
        if matches!(self.place, Place::Key) {
            self.out.quoted(text);
        } else {
            self.out.bytes.extend_from_slice(text);
        }
        self.comma();
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn float(mut self, value: f32) {
        self.name();
        if matches!(self.place, Place::Element) {
            self.out.float_element(value)
        } else {
            self.out.float(value)
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn double(mut self, value: f64) {
        self.name();
        match self.place {
            Place::Finite if !value.is_finite() => {
                self.out.fail(Cause::Range, "the number of a google.protobuf.Value is finite");
            }
            Place::Element => self.out.float_element(value),
            _ => self.out.float(value),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn string(mut self, value: &'m str) {
        self.name();
        self.out.string(value);
    }

    fn bytes(mut self, value: &'m Bytes) {
        self.name();
        self.out.blob(value);
    }

    fn enumeration<N: Names>(mut self, names: N, number: i32) {
        self.name();
        match names.name(number) {
            _ if is_null(names.type_name()) => self.out.bytes.extend_from_slice(b"null"),
            Some(name) if !self.out.options.enum_numbers => self.out.quoted(name.as_bytes()),
            _ => self.out.integer(number, false),
        }
        self.comma();
    }

    fn message<M: Shown<'m>>(mut self, value: M) {
        self.name();
        message(value, self.out);
    }

    fn group<M: Shown<'m>>(mut self, value: M) {
        self.name();
        message(value, self.out);
    }
}
