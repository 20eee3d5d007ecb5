//! Strings that stand where they are named, as long as they are short.

/// As many bytes stand in the string itself.
pub(super) const SHORT: usize = 23;

/// A string of 24 bytes that holds up to 23 bytes of text itself, and longer
/// ones in memory of their own.
///
/// The plugin's option `string=inline` puts it in place of `String`: most
/// strings of messages are short, and need no allocation then. It is used like
/// a `&str`; to change one, assign another. `Option<Str>` is no larger.
///
/// ```
/// use rsgrpc::Str;
///
/// let mut name = Str::from("Ada");
/// assert_eq!(name, "Ada");
/// assert!(name.starts_with('A'));
/// name = format!("{name} Lovelace").into();
/// assert_eq!(name.len(), 12);
/// ```
pub struct Str(Repr);

// Invariant of `Short`: the first `len` of `bytes` are UTF-8. Those behind may
// be anything.
enum Repr {
    Short { len: Len, bytes: [u8; SHORT] },
    Long(Box<str>),
}

const _: () = assert!(size_of::<Str>() == 24 && size_of::<Option<Str>>() == 24);

impl Str {
    /// An empty string.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn new() -> Self {
        Self(Repr::Short { len: Len::ZERO, bytes: [0; SHORT] })
    }

    /// The text.
    #[inline]
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short { len, bytes } => {
                // SAFETY: the invariant, and no `Len` is more than the bytes are.
                unsafe {
                    let bytes = std::slice::from_raw_parts(bytes.as_ptr(), len.get());
                    std::str::from_utf8_unchecked(bytes)
                }
            }
            Repr::Long(text) => text,
        }
    }

    /// The first `len` of these bytes.
    ///
    /// # Safety
    /// They must be UTF-8, and `len` no more than they are.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn short(bytes: [u8; SHORT], len: usize) -> Self {
        // SAFETY: the caller's promises.
        Self(Repr::Short { len: unsafe { Len::new(len) }, bytes })
    }

    /// Becomes the first `len` of these bytes.
    ///
    /// # Safety
    /// As for [`short`](Self::short).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn set_short(&mut self, bytes: [u8; SHORT], len: usize) {
        if let Repr::Long(_) = self.0 {
            self.clear();
        }
        // SAFETY: the old value owns no memory; the caller's promises.
        unsafe { std::ptr::write(self, Self::short(bytes, len)) }
    }

    #[cold]
    #[inline(never)]
    fn clear(&mut self) {
        *self = Self::new();
    }

    /// The first `len` bytes of `text`, or nothing where they end within a
    /// character. Bytes behind them are copied along, which is faster.
    #[cfg(feature = "json")]
    #[inline]
    pub(crate) fn start_of(text: &str, len: usize) -> Self {
        match text.as_bytes().first_chunk() {
            // SAFETY: the bytes of a `str`, to the end of a character.
            Some(bytes) if len <= SHORT && text.is_char_boundary(len) => unsafe { Self::short(*bytes, len) },
            _ => text.get(..len).unwrap_or_default().into(),
        }
    }

    /// A string that is too long to stand here, or any other.
    pub(crate) fn boxed(text: Box<str>) -> Self {
        if text.len() <= SHORT { Self::from(&*text) } else { Self(Repr::Long(text)) }
    }

    /// The text in memory of its own.
    pub(crate) fn into_boxed(self) -> Box<str> {
        match self.0 {
            Repr::Long(text) => text,
            Repr::Short { .. } => self.as_str().into(),
        }
    }
}

impl From<&str> for Str {
    #[inline]
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match bytes.get_mut(..text.len()) {
            Some(start) => {
                start.copy_from_slice(text.as_bytes());
                // SAFETY: the bytes of a `str`, and as many as fit.
                unsafe { Self::short(bytes, text.len()) }
            }
            None => Self(Repr::Long(text.into())),
        }
    }
}

impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Short { len, bytes }, Repr::Short { len: other_len, bytes: other }) => {
                len.get() == other_len.get() && starts_alike(bytes, other, len.get())
            }
            _ => self.as_str() == other.as_str(),
        }
    }
}

/// Whether the first `len` bytes are the same, by two or three comparisons of
/// words.
#[inline]
fn starts_alike(left: &[u8; SHORT], right: &[u8; SHORT], len: usize) -> bool {
    let differ = |at: usize| {
        let word = |bytes: &[u8; SHORT]| {
            bytes.get(at..).and_then(<[u8]>::first_chunk).map(|word| u64::from_le_bytes(*word))
        };
        word(left).unwrap_or(0) ^ word(right).unwrap_or(0)
    };
    match len {
        0 => true,
        1..8 => differ(0) << (64 - 8 * len) == 0,
        8..=16 => differ(0) | differ(len - 8) == 0,
        _ => differ(0) | differ(8) | differ(len - 8) == 0,
    }
}

impl Clone for Str {
    #[inline]
    fn clone(&self) -> Self {
        match &self.0 {
            Repr::Short { len, bytes } => Self(Repr::Short { len: *len, bytes: *bytes }),
            Repr::Long(text) => Self(Repr::Long(text.clone())),
        }
    }
}

macro_rules! lengths {
    ($($name:ident)*) => {
        /// A length of 0 to 23. The other values of the byte tell the compiler
        /// what else a [`Repr`] or an `Option` of it is.
        #[derive(Clone, Copy)]
        #[repr(u8)]
        #[allow(dead_code, reason = "made by number")]
        enum Len { $($name),* }

        const _: () = assert!([$(Len::$name),*].len() == SHORT + 1);
    };
}
lengths!(L0 L1 L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19 L20 L21 L22 L23);

impl Len {
    const ZERO: Self = Self::L0;

    /// # Safety
    /// `len` must be 23 at most.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn new(len: usize) -> Self {
        // SAFETY: the caller's promise; the variants are the numbers up to 23.
        unsafe { std::mem::transmute(len as u8) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn get(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_counts_and_those_behind_do_not() {
        for len in 0..30 {
            let text = "a".repeat(len);
            let padded = |filler: u8| {
                let mut bytes = [filler; SHORT];
                bytes[..len].copy_from_slice(text.as_bytes());
                // SAFETY: the first `len` bytes are ASCII.
                unsafe { Str::short(bytes, len) }
            };
            if len <= SHORT {
                assert_eq!(padded(0), padded(0xff));
            }
            for at in 0..len {
                let mut other = text.clone();
                other.replace_range(at..=at, "b");
                assert_ne!(Str::from(text.as_str()), Str::from(other.as_str()), "{len} {at}");
            }
            assert_ne!(Str::from(text.as_str()), Str::from(format!("{text}a").as_str()));
        }
    }

    #[test]
    fn every_length_is_kept() {
        let text = "0123456789äöü0123456789äöü";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let string = Str::from(&text[..end]);
            assert_eq!(string.as_str(), &text[..end]);
            assert_eq!(string.clone().as_str(), &text[..end]);
            assert_eq!(matches!(string.0, Repr::Short { .. }), end <= SHORT);
            assert_eq!(string, string.clone());
            assert_eq!(&*string.into_boxed(), &text[..end]);
            assert_eq!(Str::boxed(text[..end].into()).as_str(), &text[..end]);
            #[cfg(feature = "json")]
            assert_eq!(Str::start_of(text, end).as_str(), &text[..end]);
        }
    }
}
