use super::*;

#[test]
fn every_length_is_copied_whole() {
    let bytes: Vec<u8> = (0..200).collect();
    for len in 0..bytes.len() {
        let mut writer = Writer::default();
        writer.prepend(&bytes[..len]);
        assert_eq!(writer.written(), &bytes[..len]);
    }
}

#[test]
fn varints_of_every_length() {
    let mut writer = Writer::default();
    let mut expected = Vec::new();
    for bits in 0..64 {
        for value in [1 << bits, (1 << bits) - 1, u64::MAX >> bits, 0x9e37_79b9_7f4a_7c15 >> bits] {
            for tag in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u32::MAX] {
                writer.clear();
                expected.clear();
                let heads = [u64::from(tag)].into_iter().filter(|tag| *tag > 0);
                for mut value in heads.chain([value]) {
                    while value >= 0x80 {
                        expected.push(value as u8 | 0x80);
                        value >>= 7;
                    }
                    expected.push(value as u8);
                }
                writer.varint(tag, value);
                assert_eq!(writer.written(), expected, "{tag} {value}");
            }
        }
    }
}

#[test]
fn large_shared_bytes_stand_between_copied_ones() {
    let large = Bytes::from(vec![7; SEGMENT]);
    let mut writer = Writer::with_capacity(8);
    writer.prepend(b"end");
    writer.shared(0x0a, &large);
    writer.prepend(b"start");
    assert!(writer.has_segments());
    assert_eq!(writer.len(), 5 + 4 + SEGMENT + 3);
    let whole = writer.to_vec();
    let segments = writer.take();
    assert_eq!(segments.concat(), whole);
    assert_eq!(&whole[..9], b"start\x0a\x80\x80\x01");
    assert!(segments.iter().any(|segment| segment.as_ptr() == large.as_ptr()));
    assert!(writer.is_empty());
    writer.prepend(b"again");
    assert_eq!(writer.to_vec(), b"again");
}

#[test]
fn segments_may_stand_side_by_side_and_at_the_ends() {
    let large = |byte| Bytes::from(vec![byte; SEGMENT]);
    let mut writer = Writer::default();
    writer.prepend_shared(&large(3));
    writer.prepend(&[0; 100]);
    writer.prepend_shared(&large(2));
    writer.prepend_shared(&large(1));
    assert!(writer.written().is_empty());
    let whole = [large(1), large(2), Bytes::from_static(&[0; 100]), large(3)];
    assert_eq!(writer.to_vec(), whole.concat());
    assert_eq!(writer.take(), whole);
}

#[test]
fn a_value_may_have_no_tag() {
    let mut writer = Writer::default();
    writer.varint(0, 300);
    writer.fixed(0x0d, [1, 2, 3, 4]);
    assert_eq!(writer.written(), [0x0d, 1, 2, 3, 4, 0xac, 0x02]);
}
