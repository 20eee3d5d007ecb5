//! The same numbers and words in every run.

/// A small generator (splitmix64).
pub struct Random(u64);

const WORDS: [&str; 32] = [
    "request",
    "completed",
    "order",
    "user",
    "payment",
    "shipping",
    "in",
    "a",
    "the",
    "of",
    "cache",
    "miss",
    "replica",
    "timeout",
    "after",
    "retry",
    "checkout",
    "basket",
    "eu-west",
    "node",
    "pool",
    "exhausted",
    "connection",
    "refused",
    "by",
    "peer",
    "latency",
    "p99",
    "above",
    "budget",
    "with",
    "status",
];

const FOREIGN: [&str; 8] = ["Zürich", "naïve", "日本語", "Привет", "São Paulo", "mañana", "Łódź", "✓"];

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Less than `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// At least `start`, less than `end`.
    pub fn range(&mut self, start: u64, end: u64) -> u64 {
        start + self.below(end - start)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A number of any magnitude from one to `bits` bits.
    pub fn magnitude(&mut self, bits: u64) -> u64 {
        let bits = self.range(1, bits + 1);
        self.next() >> (64 - bits) | 1
    }

    /// A real number with a few digits.
    pub fn real(&mut self) -> f64 {
        self.range(1, 1_000_000) as f64 / 1000.0
    }

    pub fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }

    /// Words, together about `len` bytes; one sentence in sixteen has a word
    /// that is not ASCII.
    pub fn sentence(&mut self, len: usize) -> String {
        let mut text = String::new();
        let foreign = self.once_in(16);
        while text.len() < len {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.word());
        }
        if foreign {
            text.push(' ');
            text.push_str(FOREIGN[self.below(FOREIGN.len() as u64) as usize]);
        }
        text
    }

    /// Words with underscores between them.
    pub fn key(&mut self, words: u64) -> String {
        let mut key = self.word().to_owned();
        for _ in 1..words {
            key.push('_');
            key.push_str(self.word());
        }
        key
    }

    /// `digits` hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16) as usize])).collect()
    }

    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}
