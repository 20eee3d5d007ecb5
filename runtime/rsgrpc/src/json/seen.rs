//! Which members of an object have been read: none may come twice.

/// What of an object has been read.
#[derive(Default)]
pub(super) struct Seen {
    /// The place in the message behind the field that was read last.
    pub(super) next: usize,
    /// A bit for each of the first fields.
    low: u64,
    /// The first member of a `oneof` that has a value; 0 before there is one.
    member: u32,
    /// Whether there was an `@type`.
    typed: bool,
    more: Option<Box<More>>,
}

/// What most objects do not have.
#[derive(Default)]
struct More {
    /// A bit for each of the other fields.
    high: Vec<u64>,
    /// The members of `oneof`s that have a value, with the first.
    members: Vec<u32>,
    extensions: Vec<u32>,
}

impl Seen {
    /// Notes a field. False where it is noted already.
    #[inline]
    pub(super) fn insert(&mut self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        let word = if index < 64 { &mut self.low } else { self.high(index / 64 - 1) };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[cold]
    fn high(&mut self, word: usize) -> &mut u64 {
        let high = &mut self.more.get_or_insert_default().high;
        if high.len() <= word {
            high.resize(word + 1, 0);
        }
        high.get_mut(word).unwrap_or(&mut self.low)
    }

    /// The members of `oneof`s that have a value.
    #[inline]
    pub(super) fn members(&self) -> &[u32] {
        match &self.more {
            Some(more) if !more.members.is_empty() => &more.members,
            _ if self.member == 0 => &[],
            _ => std::slice::from_ref(&self.member),
        }
    }

    /// Notes a member of a `oneof` that has a value.
    #[inline]
    pub(super) fn set(&mut self, number: u32) {
        if self.member == 0 {
            self.member = number;
        } else {
            self.set_more(number);
        }
    }

    #[cold]
    fn set_more(&mut self, number: u32) {
        let first = self.member;
        let members = &mut self.more.get_or_insert_default().members;
        if members.is_empty() {
            members.push(first);
        }
        members.push(number);
    }

    /// Notes an extension. False where it is noted already.
    pub(super) fn insert_extension(&mut self, number: u32) -> bool {
        let extensions = &mut self.more.get_or_insert_default().extensions;
        let new = !extensions.contains(&number);
        extensions.push(number);
        new
    }

    /// Notes an `@type`. False where it is noted already.
    pub(super) fn insert_type(&mut self) -> bool {
        !std::mem::replace(&mut self.typed, true)
    }
}
