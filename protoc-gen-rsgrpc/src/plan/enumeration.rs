//! Plans an enum: its constants, their names without the enum's own.

use std::collections::{HashMap, HashSet};

use super::model::{Enum, Value};
use super::names::{self, Names, Wish, ident};
use super::{Planner, docs};
use crate::schema;

/// The constants of the values of all enums here and nested in messages, by full name.
pub(super) fn collect<'a>(
    enums: &'a [schema::Enum],
    messages: &'a [schema::Message],
    out: &mut HashMap<&'a str, HashMap<&'a str, String>>,
) {
    for enumeration in enums {
        let values = enumeration.values.iter().map(|value| value.name.as_str());
        out.insert(&enumeration.name.full, values.zip(constants(enumeration)).collect());
    }
    for message in messages {
        collect(&message.enums, &message.messages, out);
    }
}

/// Plans the enum.
pub(super) fn plan(planner: &Planner<'_>, enumeration: &schema::Enum, deprecated: bool) -> Enum {
    let full = &enumeration.name.full;
    let docs = docs::of(enumeration.comment.as_deref(), deprecated || enumeration.deprecated)
        .or_else(|| format!(" The enum `{full}`."));
    let values = enumeration.values.iter().map(|value| Value {
        docs: docs::of(value.comment.as_deref(), value.deprecated),
        name: planner.value(full, &value.name).unwrap_or_else(|| ident(&value.name)),
        number: value.number,
    });
    let values = values.collect::<Vec<_>>();
    let mut names =
        enumeration.values.iter().map(|value| (value.number, value.name.clone())).collect::<Vec<_>>();
    names.sort_by_key(|(number, _)| *number);
    Enum {
        mentions_deprecated: docs.deprecated || enumeration.values.iter().any(|value| value.deprecated),
        docs,
        full: full.clone(),
        name: ident(planner.places.get(full).map(|named| named.name.as_str()).unwrap_or_default()),
        default: values.first().filter(|value| value.number != 0).map(|value| value.name.clone()),
        values,
        names,
    }
}

/// The constants of an enum's values. A value whose short name is another's, short or not, keeps its prefix.
fn constants(enumeration: &schema::Enum) -> Vec<String> {
    let short = |value: &'_ schema::EnumValue| {
        names::shouty(names::strip_prefix(&value.name, &enumeration.name.simple))
    };
    let (mut seen, mut shared) = (HashSet::new(), HashSet::new());
    for value in &enumeration.values {
        let name = short(value);
        if !seen.insert(name.clone()) {
            shared.insert(name);
        }
    }
    let wishes = enumeration.values.iter().map(|value| {
        let name = short(value);
        let name = if shared.contains(&name) { names::shouty(&value.name) } else { name };
        Wish { name, spelled: &value.name, number: i64::from(value.number) }
    });
    Names::default().take_numbered(&wishes.collect::<Vec<_>>())
}
