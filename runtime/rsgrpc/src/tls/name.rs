//! The common name in the subject of a certificate: the little of DER that it takes.

/// `id-at-commonName`, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// The strings that are UTF-8 as they are: UTF8String, PrintableString, IA5String.
const STRINGS: [u8; 3] = [0x0c, 0x13, 0x16];

/// The first common name of a subject (RFC 5280 §4.1.2.4), given without its outer tag:
/// `SEQUENCE OF SET OF SEQUENCE { type, value }`.
pub(super) fn common_name(subject: &[u8]) -> Option<&str> {
    let mut subject = Elements(subject);
    while let Some((SET, attributes)) = subject.next() {
        let mut attributes = Elements(attributes);
        while let Some((SEQUENCE, attribute)) = attributes.next() {
            let mut attribute = Elements(attribute);
            if let (Some((OBJECT_IDENTIFIER, COMMON_NAME)), Some((tag, name))) =
                (attribute.next(), attribute.next())
                && STRINGS.contains(&tag)
            {
                return str::from_utf8(name).ok();
            }
        }
    }
    None
}

/// Tags and contents, one after the other. Ends at what is not DER.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => rest.split_first().map(|(len, rest)| (usize::from(*len), rest))?,
            0x82 => {
                rest.split_first_chunk().map(|(len, rest)| (usize::from(u16::from_be_bytes(*len)), rest))?
            }
            // No name is that long.
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = match content.len() {
            len @ 0..0x80 => vec![u8::try_from(len).unwrap()],
            len @ 0x80..0x100 => vec![0x81, u8::try_from(len).unwrap()],
            len => [&[0x82], &u16::try_from(len).unwrap().to_be_bytes()[..]].concat(),
        };
        [&[tag], &len[..], content].concat()
    }

    fn attribute(kind: &[u8], tag: u8, text: &str) -> Vec<u8> {
        let parts = [element(OBJECT_IDENTIFIER, kind), element(tag, text.as_bytes())].concat();
        element(SET, &element(SEQUENCE, &parts))
    }

    #[test]
    fn common_names_of_all_lengths() {
        for len in [1, 127, 128, 255, 256, 5000] {
            let name = "n".repeat(len);
            let subject =
                [attribute(&[0x55, 4, 10], 0x0c, "Org"), attribute(COMMON_NAME, 0x0c, &name)].concat();
            assert_eq!(common_name(&subject), Some(name.as_str()));
        }
        assert_eq!(common_name(&attribute(COMMON_NAME, 0x13, "printable")), Some("printable"));
    }

    #[test]
    fn none() {
        assert_eq!(common_name(&[]), None);
        assert_eq!(common_name(&attribute(&[0x55, 4, 10], 0x0c, "Org")), None);
        // BMPString is UTF-16.
        assert_eq!(common_name(&attribute(COMMON_NAME, 0x1e, "name")), None);
    }

    #[test]
    fn cut_or_changed_it_gives_nothing_wrong() {
        let subject = attribute(COMMON_NAME, 0x0c, "client");
        for cut in 0..subject.len() {
            assert_eq!(common_name(&subject[..cut]), None);
        }
        for at in 0..subject.len() {
            for byte in 0..=u8::MAX {
                let mut changed = subject.clone();
                changed[at] = byte;
                assert!(common_name(&changed).is_none_or(|name| name.len() <= 6));
            }
        }
    }
}
