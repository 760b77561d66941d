//! Protobuf by hand, as far as the requests need it. Independent of the decoder that is measured.

/// A message that is being written.
#[derive(Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// A message with one field of bytes.
    pub fn of(field: u64, bytes: &[u8]) -> Self {
        let mut message = Self::default();
        message.bytes(field, bytes);
        message
    }

    fn number(&mut self, mut n: u64) {
        while n > 0x7f {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    /// Appends fields that are written already.
    pub fn raw(&mut self, fields: &[u8]) {
        self.0.extend_from_slice(fields);
    }

    /// A string, bytes or message.
    pub fn bytes(&mut self, field: u64, bytes: &[u8]) -> &mut Self {
        self.number(field << 3 | 2);
        self.number(bytes.len() as u64);
        self.raw(bytes);
        self
    }

    /// An integer or enum.
    pub fn varint(&mut self, field: u64, n: u64) -> &mut Self {
        self.number(field << 3);
        self.number(n);
        self
    }

    /// A `fixed64`.
    pub fn fixed(&mut self, field: u64, n: u64) -> &mut Self {
        self.number(field << 3 | 1);
        self.0.extend_from_slice(&n.to_le_bytes());
        self
    }

    /// A `KeyValue` in a repeated field.
    pub fn attribute(&mut self, field: u64, key: &str, value: &Self) -> &mut Self {
        let mut pair = Self::of(1, key.as_bytes());
        pair.bytes(2, &value.0);
        self.bytes(field, &pair.0)
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// An `AnyValue` that is a string.
pub fn text(text: &str) -> Message {
    Message::of(1, text.as_bytes())
}

/// An `AnyValue` that is an integer.
pub fn int(n: u64) -> Message {
    let mut value = Message::default();
    value.varint(3, n);
    value
}
