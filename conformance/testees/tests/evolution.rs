//! Peers with an older and a newer schema understand each other: one message for each kind of edit, in
//! `proto/test/evolution`. The guide's page `evolution.md` has the results as a table.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use rsgrpc::{Channel, Code, Context, Enumeration, Message, Server, Status, View};

/// Code of the schema as it was.
mod old {
    include!(concat!(env!("OUT_DIR"), "/evolution/old/mod.rs"));
    pub(crate) use evolution::v1::*;
}

/// Code of the schema as it is.
mod new {
    include!(concat!(env!("OUT_DIR"), "/evolution/new/mod.rs"));
    pub(crate) use evolution::v1::*;
}

/// What a peer with the other schema understands.
#[track_caller]
fn sent<A: Message, B: Message>(message: &A) -> B {
    let bytes = message.encode();
    let received = B::decode(&bytes).unwrap();
    assert_eq!(B::View::decode(&bytes).unwrap().to_message(), received);
    received
}

/// What comes back from a proxy that has the schema of `Between`.
#[track_caller]
fn through<Between: Message, A: Message>(message: &A) -> A {
    sent(&sent::<A, Between>(message))
}

#[test]
fn a_field_is_added() {
    let authors = vec!["Ada".to_owned(), "Grace".to_owned()];
    let new = new::Added { name: "A".into(), authors, level: new::Level::HIGH, ..Default::default() };
    let old: old::Added = sent(&new);
    assert_eq!(old.name, "A");
    assert!(!old.unknown_fields().is_empty());
    assert_eq!(through::<old::Added, _>(&new), new);
    let new: new::Added = sent(&old::Added { name: "B".into(), ..Default::default() });
    assert_eq!(new, new::Added { name: "B".into(), ..Default::default() });
}

#[test]
fn a_field_is_removed_and_reserved() {
    let old = old::Removed { name: "A".into(), price: 5, ..Default::default() };
    assert_eq!(sent::<_, new::Removed>(&old).name, "A");
    assert_eq!(through::<new::Removed, _>(&old), old);
    let old: old::Removed = sent(&new::Removed { name: "B".into(), ..Default::default() });
    assert_eq!((old.name.as_str(), old.price), ("B", 0));
    // Text that was written before can still be read.
    assert_eq!(new::Removed::from_text("name: \"A\" price: 5").unwrap().name, "A");
}

#[test]
fn a_field_is_renamed() {
    let old = old::Renamed { name: "A".into(), ..Default::default() };
    let new: new::Renamed = sent(&old);
    assert_eq!(new.title, "A");
    assert_eq!(sent::<_, old::Renamed>(&new), old);
    // JSON and text know fields by name.
    assert!(new::Renamed::from_json(&old.to_json().unwrap()).is_err());
}

#[test]
fn a_type_is_widened() {
    let old = old::Widened { signed: -1, unsigned: u32::MAX, flag: true, ..Default::default() };
    let old = old::Widened { level: old::Level::LOW, ..old };
    let new: new::Widened = sent(&old);
    assert_eq!((new.signed, new.unsigned, new.flag, new.level), (-1, u32::MAX.into(), 1, 1));
    assert_eq!(sent::<_, old::Widened>(&new), old);
    // An older peer sees the lower half of what it has no room for.
    let new =
        new::Widened { signed: 5 << 32 | 7, unsigned: 1 << 40, flag: 2, level: 9, ..Default::default() };
    let old: old::Widened = sent(&new);
    assert_eq!((old.signed, old.unsigned, old.flag, old.level.number()), (7, 0, true, 9));
}

#[test]
fn text_becomes_bytes() {
    let old = old::TextToBytes { content: "ä".into(), ..Default::default() };
    let new: new::TextToBytes = sent(&old);
    assert_eq!(new.content, "ä".as_bytes());
    assert_eq!(sent::<_, old::TextToBytes>(&new), old);
    // But not what only bytes can be.
    let new = new::TextToBytes { content: vec![0xff].into(), ..Default::default() };
    assert!(old::TextToBytes::decode(&new.encode()).is_err());
}

#[test]
fn one_value_becomes_many() {
    let old = old::OneToMany { text: "a".into(), number: 1, ..Default::default() };
    let new: new::OneToMany = sent(&old);
    assert_eq!((new.text, new.number), (vec!["a".to_owned()], vec![1]));
    // An older peer takes the last text, and leaves packed numbers aside.
    let text = vec!["a".to_owned(), "b".to_owned()];
    let new = new::OneToMany { text, number: vec![1, 2], ..Default::default() };
    let old: old::OneToMany = sent(&new);
    assert_eq!((old.text.as_str(), old.number), ("b", 0));
    assert!(!old.unknown_fields().is_empty());
}

#[test]
fn a_list_is_packed_or_no_longer() {
    let old = old::Packing { packed: vec![1, -2, 3], unpacked: vec![4, 5], ..Default::default() };
    let new: new::Packing = sent(&old);
    assert_eq!((&new.packed, &new.unpacked), (&old.packed, &old.unpacked));
    assert_eq!(through::<new::Packing, _>(&old), old);
}

#[test]
fn an_enum_gets_a_value() {
    let (high, low) = (new::Level::HIGH, new::Level::LOW);
    let new = new::EnumValue {
        level: high,
        levels: vec![low, high],
        by_name: [("a".to_owned(), high)].into_iter().collect(),
        ..Default::default()
    };
    let old: old::EnumValue = sent(&new);
    assert_eq!((old.level.number(), old.level.is_known()), (2, false));
    assert!(old.unknown_fields().is_empty());
    assert_eq!(through::<old::EnumValue, _>(&new), new);
}

#[test]
fn a_closed_enum_gets_a_value() {
    use new::Colour;
    let new = new::ClosedEnum {
        colour: Some(Colour::BLUE),
        colours: vec![Colour::RED, Colour::BLUE, Colour::GREEN],
        packed: vec![Colour::BLUE, Colour::RED],
        choice: Some(new::closed_enum::Choice::Chosen(Colour::BLUE)),
        ..Default::default()
    };
    // What an older peer does not know is not there for it …
    let old: old::ClosedEnum = sent(&new);
    assert_eq!((old.colour, old.choice.as_ref()), (None, None));
    assert_eq!(old.colours, [old::Colour::RED, old::Colour::GREEN]);
    // … and survives, behind the others.
    let back: new::ClosedEnum = through::<old::ClosedEnum, _>(&new);
    assert_eq!(back.colours, [Colour::RED, Colour::GREEN, Colour::BLUE]);
    assert_eq!(back.packed, [Colour::RED, Colour::BLUE]);
    assert_eq!((back.colour, back.choice), (new.colour, new.choice));
}

#[test]
fn fields_move_into_a_oneof() {
    let old = old::IntoOneof { phone: "7".into(), ..Default::default() };
    let new: new::IntoOneof = sent(&old);
    assert_eq!(new.contact, Some(new::into_oneof::Contact::Phone("7".into())));
    assert_eq!(sent::<_, old::IntoOneof>(&new), old);
    // Of two that an older peer sends, one is left.
    let both = old::IntoOneof { email: "a@b".into(), ..old };
    let new: new::IntoOneof = sent(&both);
    assert_eq!(new.contact, Some(new::into_oneof::Contact::Phone("7".into())));
}

#[test]
fn a_oneof_grows() {
    let contact = Some(new::oneof_grows::Contact::Phone("7".into()));
    let new = new::OneofGrows { contact, ..Default::default() };
    assert_eq!(sent::<_, old::OneofGrows>(&new).contact, None);
    assert_eq!(through::<old::OneofGrows, _>(&new), new);
}

#[test]
fn a_field_gets_presence() {
    let new = new::Presence { count: Some(0), ..Default::default() };
    assert_eq!(sent::<_, old::Presence>(&new).count, 0);
    // To an older peer it was not there.
    assert_eq!(through::<old::Presence, _>(&new).count, None);
    let old = old::Presence { count: 3, ..Default::default() };
    assert_eq!(sent::<_, new::Presence>(&old).count, Some(3));
}

#[test]
fn a_required_field_no_longer_is() {
    let new = new::Relaxed { name: Some("A".into()), ..Default::default() };
    assert_eq!(sent::<_, old::Relaxed>(&new).name, new.name);
    // Older peers insist on it.
    let error = old::Relaxed::decode(&new::Relaxed::default().encode()).unwrap_err();
    assert_eq!(error.to_string(), "evolution.v1.Relaxed: required field `name` is missing");
}

#[test]
fn entries_become_a_map() {
    let entry =
        |key: &str, value| old::entries_to_map::Entry { key: key.into(), value, ..Default::default() };
    let old = old::EntriesToMap { prices: vec![entry("a", 1), entry("b", 0)], ..Default::default() };
    let new: new::EntriesToMap = sent(&old);
    assert_eq!((new.prices.get("a"), new.prices.get("b")), (Some(&1), Some(&0)));
    assert_eq!(sent::<_, old::EntriesToMap>(&new), old);
}

/// A message whose inner ones have a field that older peers do not know.
fn nested() -> new::Nested {
    let inner = |pages| new::nested::Inner { name: "x".into(), pages, ..Default::default() };
    new::Nested {
        inner: Some(inner(1)),
        list: vec![inner(2), inner(3)],
        by_name: [("a".to_owned(), inner(4))].into_iter().collect(),
        choice: Some(new::nested::Choice::Chosen(inner(5))),
        ..Default::default()
    }
}

#[test]
fn inner_messages_keep_what_they_do_not_know() {
    assert_eq!(through::<old::Nested, _>(&nested()), nested());
}

/// The newer server.
struct Shelf;

impl new::Shelf for Shelf {
    async fn get(&self, _: &Context, request: new::Nested) -> Result<new::Nested, Status> {
        Ok(request)
    }

    async fn count(&self, _: &Context, request: new::Nested) -> Result<new::Presence, Status> {
        Ok(new::Presence { count: request.list.len().try_into().ok(), ..Default::default() })
    }
}

/// A proxy with the older schema.
struct Proxy(old::ShelfClient);

impl old::Shelf for Proxy {
    async fn get(&self, _: &Context, request: old::Nested) -> Result<old::Nested, Status> {
        self.0.get(request).await
    }
}

#[tokio::test]
async fn a_call_goes_through_an_older_proxy() {
    let server = Server::new().add(new::ShelfServer::new(Shelf)).local();
    let proxy = Proxy(old::ShelfClient::new(Channel::local(&server)));
    let proxy = Server::new().add(old::ShelfServer::new(proxy)).local();
    let client = new::ShelfClient::new(Channel::local(&proxy));

    let limit = Duration::from_secs(20);
    assert_eq!(client.get(nested()).timeout(limit).await.unwrap(), nested());
    // A method that the proxy does not know is refused, not misunderstood.
    let status = client.count(nested()).timeout(limit).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    // The older client does without it.
    let older = old::ShelfClient::new(Channel::local(&server));
    let answer = older.get(sent(&nested())).timeout(limit).await.unwrap();
    assert_eq!(sent::<_, new::Nested>(&answer), nested());
}
