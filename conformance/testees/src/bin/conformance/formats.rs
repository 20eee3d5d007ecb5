use rsgrpc::{DecodeError, Message, View};

/// How messages come out of the binary format.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Owned,
    Views,
}

type Trip = fn(&[u8], Mode) -> Result<Vec<u8>, DecodeError>;

pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) binary: Trip,
}

impl Format {
    pub(crate) const fn of<M: Message>() -> Self {
        Self { name: M::NAME, binary: |bytes, mode| Ok(decode::<M>(bytes, mode)?.encode()) }
    }
}

fn decode<M: Message>(bytes: &[u8], mode: Mode) -> Result<M, DecodeError> {
    match mode {
        Mode::Owned => M::decode(bytes),
        Mode::Views => Ok(M::View::decode(bytes)?.to_message()),
    }
}
