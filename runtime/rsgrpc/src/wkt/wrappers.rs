//! The wrappers of `wrappers.proto`, from and to what they wrap; and [`Empty`].

use super::{
    BoolValue, BytesValue, DoubleValue, Empty, FloatValue, Int32Value, Int64Value, StringValue, UInt32Value,
    UInt64Value,
};
use crate::{Bytes, UnknownFields};

macro_rules! wrappers {
    ($($wrapper:ident: $value:ty $(, $from:ty)*;)*) => {$(
        impl From<$value> for $wrapper {
            fn from(value: $value) -> Self {
                Self { value, unknown_fields: UnknownFields::new() }
            }
        }

        $(
            impl From<$from> for $wrapper {
                fn from(value: $from) -> Self {
                    <$value>::from(value).into()
                }
            }
        )*

        impl From<$wrapper> for $value {
            fn from(wrapper: $wrapper) -> Self {
                wrapper.value
            }
        }
    )*};
}

wrappers! {
    DoubleValue: f64;
    FloatValue: f32;
    Int64Value: i64;
    UInt64Value: u64;
    Int32Value: i32;
    UInt32Value: u32;
    BoolValue: bool;
    StringValue: String, &str;
    BytesValue: Bytes, Vec<u8>;
}

impl From<&[u8]> for BytesValue {
    fn from(value: &[u8]) -> Self {
        Bytes::copy_from_slice(value).into()
    }
}

impl From<()> for Empty {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<Empty> for () {
    fn from(_: Empty) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(u64::from(UInt64Value::from(7)), 7);
        assert_eq!(String::from(StringValue::from("a")), "a");
        assert_eq!(BytesValue::from(&b"a"[..]), BytesValue::from(b"a".to_vec()));
        assert_eq!(Bytes::from(BytesValue::from(Bytes::from_static(b"a"))), "a");
        assert_eq!(Empty::from(()), Empty::default());
        let wrapped: Option<BoolValue> = Some(true.into());
        assert_eq!(wrapped.map(bool::from), Some(true));
    }
}
