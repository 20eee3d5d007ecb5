//! Protobuf's binary format, written by hand, so that the data belongs to none
//! of the peers.

/// A message in the making.
#[derive(Default)]
pub struct Wire(Vec<u8>);

impl Wire {
    /// The message.
    pub fn done(self) -> Vec<u8> {
        self.0
    }

    /// Any of the types that are varints.
    pub fn varint(&mut self, number: u32, value: u64) -> &mut Self {
        self.tag(number, 0);
        self.push(value)
    }

    /// A varint field without presence: left out when zero.
    pub fn scalar(&mut self, number: u32, value: u64) -> &mut Self {
        if value == 0 { self } else { self.varint(number, value) }
    }

    /// `sint32` or `sint64`.
    pub fn signed(&mut self, number: u32, value: i64) -> &mut Self {
        self.scalar(number, (value << 1 ^ value >> 63) as u64)
    }

    /// `fixed32`, `float`.
    pub fn fixed32(&mut self, number: u32, value: u32) -> &mut Self {
        self.tag(number, 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// `fixed64`, `double`.
    pub fn fixed64(&mut self, number: u32, value: u64) -> &mut Self {
        self.tag(number, 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// `string`, `bytes`, packed values.
    pub fn bytes(&mut self, number: u32, value: &[u8]) -> &mut Self {
        self.tag(number, 2);
        self.push(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// `string`.
    pub fn text(&mut self, number: u32, value: &str) -> &mut Self {
        self.bytes(number, value.as_bytes())
    }

    /// Varints behind one tag.
    pub fn packed(&mut self, number: u32, values: impl Iterator<Item = u64>) -> &mut Self {
        let mut inner = Self::default();
        values.for_each(|value| _ = inner.push(value));
        self.bytes(number, &inner.0)
    }

    /// A message of its own.
    pub fn nested(&mut self, number: u32, fill: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::default();
        fill(&mut inner);
        self.bytes(number, &inner.0)
    }

    fn tag(&mut self, number: u32, wire: u32) {
        self.push(u64::from(number << 3 | wire));
    }

    fn push(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }
}
