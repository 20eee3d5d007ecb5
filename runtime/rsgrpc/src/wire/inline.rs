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

enum Repr {
    Short(Short),
    Long(Box<str>),
}

/// A text in place. Invariant: the first `len` of `bytes` are UTF-8. Those behind
/// may be anything.
#[derive(Clone, Copy)]
#[repr(C)]
struct Short {
    len: Len,
    bytes: [u8; SHORT],
}

const _: () = assert!(size_of::<Str>() == 24 && size_of::<Option<Str>>() == 24);

// A short string is its length and then its bytes, as `set_short` writes it.
const _: () = {
    let mut len = 0;
    while len <= SHORT {
        // SAFETY: zeros are UTF-8; a short string has no bytes without a value.
        let bytes: [u8; SHORT + 1] = unsafe { std::mem::transmute(Str::short([0; SHORT], len)) };
        assert!(bytes[0] == len as u8);
        len += 1;
    }
};

impl Str {
    /// An empty string.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub const fn new() -> Self {
        Self(Repr::Short(Short { len: Len::ZERO, bytes: [0; SHORT] }))
    }

    /// The text.
    #[inline]
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Short(Short { len, bytes }) => {
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
    pub(super) const unsafe fn short(bytes: [u8; SHORT], len: usize) -> Self {
        // SAFETY: the caller's promises.
        Self(Repr::Short(Short { len: unsafe { Len::new(len) }, bytes }))
    }

    /// Whether it has no memory of its own.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn is_short(&self) -> bool {
        matches!(self.0, Repr::Short(_))
    }

    /// Becomes the first `len` bytes at `at`. The old value must be short, or its
    /// memory is lost.
    ///
    /// Written in as many parts as a string is moved in: a load does not wait for
    /// the stores before it only if one of them has all that it asks for.
    ///
    /// # Safety
    /// As for [`short`](Self::short), of the 23 bytes at `at`, which are readable.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) unsafe fn set_short(&mut self, at: *const u8, len: usize) {
        let to = std::ptr::from_mut(self).cast::<u8>();
        // SAFETY: the caller's promises; a short string is `len` and its bytes, 24 in
        // all, as is asserted above.
        unsafe {
            #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
            {
                use std::arch::x86_64::{
                    _mm_cvtsi32_si128, _mm_loadu_si128, _mm_or_si128, _mm_slli_si128, _mm_storeu_si128,
                };
                let start = _mm_slli_si128(_mm_loadu_si128(at.cast()), 1);
                _mm_storeu_si128(to.cast(), _mm_or_si128(start, _mm_cvtsi32_si128(len as i32)));
            }
            #[cfg(any(not(target_arch = "x86_64"), rsgrpc_portable))]
            {
                let start = u128::from_le_bytes(at.cast::<[u8; 16]>().read()) << 8 | len as u128;
                to.cast::<[u8; 16]>().write(start.to_le_bytes());
            }
            to.add(16).cast::<[u8; 8]>().write(at.add(15).cast::<[u8; 8]>().read());
        }
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
            Repr::Short(_) => self.as_str().into(),
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
            (Repr::Short(short), Repr::Short(other)) => {
                let len = short.len.get();
                len == other.len.get() && starts_alike(&short.bytes, &other.bytes, len)
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
            Repr::Short(short) => Self(Repr::Short(*short)),
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
    const unsafe fn new(len: usize) -> Self {
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
            assert_eq!(string.is_short(), end <= SHORT);
            assert_eq!(string, string.clone());
            assert_eq!(&*string.into_boxed(), &text[..end]);
            assert_eq!(Str::boxed(text[..end].into()).as_str(), &text[..end]);
            #[cfg(feature = "json")]
            assert_eq!(Str::start_of(text, end).as_str(), &text[..end]);
        }
    }
}
