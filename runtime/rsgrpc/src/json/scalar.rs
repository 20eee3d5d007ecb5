//! Numbers that are written: what the types of protobuf have in common.

use crate::wire::decimal;

/// An integer of any kind.
#[derive(Clone, Copy)]
pub(super) struct Integer {
    negative: bool,
    magnitude: u64,
}

impl Integer {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn write(self, room: &mut [u8; decimal::ROOM], quoted: bool, comma: bool) -> usize {
        let [first, sign, ..] = room;
        *first = if quoted { b'"' } else { b'-' };
        *sign = b'-';
        let end = decimal::write(self.magnitude, room, usize::from(quoted) + usize::from(self.negative));
        // What is not wanted of these is not counted.
        if let Some([quote, last]) = room.get_mut(end..).and_then(<[u8]>::first_chunk_mut) {
            *quote = if quoted { b'"' } else { b',' };
            *last = b',';
        }
        end + usize::from(quoted) + usize::from(comma)
    }
}

macro_rules! integers {
    ($($type:ty: |$value:ident| $negative:expr, $magnitude:expr;)*) => {$(
        impl From<$type> for Integer {
            #[inline]
            fn from($value: $type) -> Self {
                Self { negative: $negative, magnitude: $magnitude }
            }
        }
    )*};
}
integers! {
    i32: |value| value < 0, value.unsigned_abs().into();
    i64: |value| value < 0, value.unsigned_abs();
    u32: |value| false, value.into();
    u64: |value| false, value;
}

/// `f32` and `f64`.
pub(super) trait Float: zmij::Float {
    /// What JSON has no number for.
    fn special(self) -> Option<&'static str>;
    /// Its sign and thousandths, where they are the shortest number that is read
    /// back as this one: there are so few digits that only one such is.
    fn thousandths(self) -> Option<(bool, u64)>;
}

macro_rules! floats {
    ($($type:ty, $bits:ty, $signed:ty: $digits:literal;)*) => {$(
        impl Float for $type {
            #[inline]
            fn special(self) -> Option<&'static str> {
                match () {
                    () if self.is_finite() => None,
                    () if self.is_nan() => Some("NaN"),
                    () if self > 0.0 => Some("Infinity"),
                    () => Some("-Infinity"),
                }
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn thousandths(self) -> Option<(bool, u64)> {
                // So large that its last bit is one: what is added to it is rounded,
                // and stands in its last bits. Of what is none, that comes out below.
                const LARGE: $type = (1_u64 << (<$type>::MANTISSA_DIGITS - 1)) as $type;
                let magnitude = self.abs();
                let rounded = (magnitude * 1000.0 + LARGE).to_bits().wrapping_sub(LARGE.to_bits());
                let few = rounded < (10 as $bits).pow($digits);
                let exact = rounded as $signed as $type / 1000.0 == magnitude;
                (few && exact).then_some((self.is_sign_negative(), rounded.into()))
            }
        }
    )*};
}
floats! {
    // All numbers of so many digits are different; for `f64` those of 15.
    f32, u32, i32: 6;
    f64, u64, i64: 8;
}
