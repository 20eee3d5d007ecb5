//! The messages to measure with: for each shape a few of them, all different,
//! so that no branch predictor learns one by heart.

use crate::random::Random;
use crate::wire::Wire;

/// Messages of one shape, in canonical form: fields by number, no defaults.
pub type Data = Vec<Vec<u8>>;

fn fill(seed: u64, count: usize, write: impl Fn(&mut Wire, &mut Random)) -> Data {
    let mut random = Random::new(seed);
    let one = |_| {
        let mut wire = Wire::default();
        write(&mut wire, &mut random);
        wire.done()
    };
    (0..count).map(one).collect()
}

pub fn api_response() -> Data {
    fill(1, 64, |wire, random| {
        wire.varint(1, random.magnitude(48)).varint(2, 200 + random.below(4) * 100);
        let message = random.range(20, 90) as usize;
        wire.text(3, &random.sentence(message)).fixed64(4, random.real().to_bits());
        wire.scalar(5, random.below(2));
        if !random.once_in(4) {
            wire.text(6, &random.hex(32));
        }
        if random.once_in(4) {
            wire.varint(7, random.magnitude(16));
        }
        for _ in 0..random.range(3, 9) {
            let words = random.range(1, 3);
            wire.text(8, &random.key(words));
        }
    })
}

fn log_line(wire: &mut Wire, random: &mut Random) {
    wire.varint(1, 1_700_000_000_000_000_000 + random.magnitude(50));
    wire.text(2, &random.key(2)).text(3, &format!("{}-{}", random.word(), random.hex(10)));
    wire.scalar(4, random.below(5));
    let message = random.range(200, 600) as usize;
    wire.text(5, &random.sentence(message));
    for place in 0..random.range(6, 14) {
        let key = format!("{}.{place}", random.key(2));
        let value = random.range(8, 40) as usize;
        let value = random.sentence(value);
        wire.nested(6, |entry| _ = entry.text(1, &key).text(2, &value));
    }
    wire.text(7, &random.hex(32)).text(8, &random.hex(16));
    wire.nested(9, |origin| {
        origin.text(1, &format!("src/{}/{}.rs", random.word(), random.key(2)));
        origin.varint(2, random.range(1, 2000)).text(3, &random.key(3));
    });
}

pub fn log_record() -> Data {
    fill(2, 32, log_line)
}

pub fn log_batch() -> Data {
    fill(7, 4, |wire, random| {
        wire.text(1, &random.key(2));
        (0..50).for_each(|_| _ = wire.nested(2, |wire| log_line(wire, random)));
    })
}

pub fn tensor() -> Data {
    fill(6, 2, |wire, random| {
        wire.text(1, &random.key(3)).packed(2, [125, 1000].into_iter());
        let values: Vec<u8> = (0..125_000).flat_map(|_| (random.real() as f32).to_le_bytes()).collect();
        wire.bytes(3, &values);
        wire.packed(4, (0..100_000).map(|_| random.below(50_000)));
        wire.packed(5, (0..65_000).map(|_| random.magnitude(40)));
    })
}

pub fn analytics_event() -> Data {
    fn property(wire: &mut Wire, random: &mut Random) {
        let words = random.range(1, 3);
        wire.text(1, &random.key(words));
        match random.below(5) {
            0 => wire.varint(3, random.magnitude(40)),
            1 => wire.fixed64(4, random.real().to_bits()),
            2 => wire.varint(5, random.below(2)),
            _ => {
                let len = random.range(4, 40) as usize;
                wire.text(2, &random.sentence(len))
            }
        };
    }

    fn section(wire: &mut Wire, random: &mut Random, depth: u32) {
        wire.text(1, &random.key(2));
        for _ in 0..random.range(2, 8) {
            wire.nested(2, |wire| property(wire, random));
        }
        if depth > 0 {
            for _ in 0..random.range(1, 4) {
                wire.nested(3, |wire| section(wire, random, depth - 1));
            }
        }
    }

    fill(3, 16, |wire, random| {
        wire.text(1, &random.hex(32)).varint(2, 1_700_000_000_000_000 + random.magnitude(40));
        wire.text(3, &format!("user-{}", random.hex(12)));
        for _ in 0..random.range(20, 40) {
            wire.nested(4, |wire| property(wire, random));
        }
        for _ in 0..random.range(3, 7) {
            wire.nested(5, |wire| section(wire, random, 3));
        }
    })
}

pub fn google_message1() -> Data {
    fill(4, 64, |wire, random| {
        wire.text(1, &random.key(1)).scalar(2, random.below(1000)).scalar(3, random.below(1000));
        wire.text(4, &random.sentence(12));
        let stamps: Vec<u8> = (0..4).flat_map(|_| random.next().to_le_bytes()).collect();
        wire.bytes(5, &stamps).scalar(6, random.below(8)).text(7, &random.key(2)).text(9, &random.key(1));
        for number in 12..=14 {
            wire.scalar(number, random.below(2));
        }
        wire.nested(15, |detail| {
            detail.varint(1, random.magnitude(16)).varint(2, random.magnitude(10));
            detail.scalar(3, random.below(2)).text(4, &random.key(1));
            detail.varint(15, random.magnitude(10)).varint(16, random.magnitude(10));
            detail.varint(21, random.magnitude(40)).fixed32(203, random.next() as u32);
            detail.varint(204, random.magnitude(8)).fixed64(206, random.real().to_bits());
            detail.varint(207, random.magnitude(30)).varint(300, random.next());
        });
        wire.scalar(16, random.below(4)).scalar(17, random.below(2)).text(18, &random.key(1));
        wire.varint(22, random.magnitude(40)).varint(23, random.magnitude(6));
        wire.scalar(24, random.below(2)).varint(25, random.magnitude(20));
        for number in [29, 30, 59] {
            wire.scalar(number, random.below(2));
        }
        wire.scalar(60, random.below(4)).varint(67, random.magnitude(32));
        for number in [78, 80, 81] {
            wire.scalar(number, random.below(2));
        }
        wire.varint(100, random.magnitude(40)).varint(101, random.range(1, 6));
        wire.signed(102, random.below(2000) as i64 - 1000)
            .signed(103, random.below(1 << 30) as i64 - (1 << 29));
        wire.fixed32(104, random.next() as u32).fixed32(105, (random.real() as f32).to_bits());
        wire.fixed64(106, random.real().to_bits());
        wire.varint(130, random.magnitude(20))
            .varint(131, random.magnitude(20))
            .varint(280, random.magnitude(8));
    })
}

pub fn media_frame() -> Data {
    fill(5, 16, |wire, random| {
        wire.text(1, &random.hex(24)).varint(2, random.magnitude(32));
        wire.varint(3, 1_700_000_000_000_000 + random.magnitude(40)).scalar(4, random.below(2));
        let payload = random.range(8500, 10500) as usize;
        wire.bytes(5, &random.bytes(payload)).bytes(6, &random.bytes(32));
        for _ in 0..random.range(2, 6) {
            let len = random.range(100, 500) as usize;
            wire.bytes(7, &random.bytes(len));
        }
    })
}
