//! Base64 of `-bin` headers: written without padding, read with or without.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderValue;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const ENGINE: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);

pub(crate) fn encode(bytes: &[u8]) -> HeaderValue {
    // Base64 is always a header value, so the fallback is never taken.
    HeaderValue::try_from(ENGINE.encode(bytes)).unwrap_or(HeaderValue::from_static(""))
}

/// `None` where `text` is not base64.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    ENGINE.decode(text.trim_ascii()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_optional() {
        assert_eq!(encode(&[255]), "/w");
        for text in ["/w", "/w==", " /w "] {
            assert_eq!(decode(text.as_bytes()).unwrap(), [255], "{text}");
        }
        assert_eq!(decode(b"").unwrap(), b"");
    }

    #[test]
    fn garbage_is_refused() {
        for text in ["a", "/w=x", "_-_-", "a b c", "\u{e4}"] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
