//! Decodes the messages that come on stdin and encodes them again, owned and through a view.
//!
//! `conformance/peers/python/random_messages.py` says what the frames look like.

use std::io::{self, ErrorKind, Read, Write};

use rsgrpc::{DecodeError, Message, View};
use rsgrpc_testees::roundtrip::{editions, proto2, proto3, subset};

type Trip = fn(&[u8]) -> [Result<Vec<u8>, DecodeError>; 2];

const TRIPS: &[(&str, Trip)] = &[
    trip::<proto2::Everything>(),
    trip::<proto2::Required>(),
    trip::<proto3::Everything>(),
    trip::<editions::Everything>(),
    trip::<editions::Strict>(),
    trip::<subset::Some>(),
    trip::<subset::None>(),
];

fn main() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    loop {
        let name = match frame(&mut input) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            name => name?,
        };
        let message = frame(&mut input)?;
        let trip = TRIPS.iter().find(|(known, _)| known.as_bytes() == name);
        let (_, trip) = trip.ok_or_else(|| io::Error::other("no such type"))?;
        for answer in trip(&message) {
            let (failed, bytes) = match answer {
                Ok(bytes) => (0, bytes),
                Err(error) => (1, error.to_string().into_bytes()),
            };
            let len = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            output.write_all(&[failed])?;
            output.write_all(&len.to_be_bytes())?;
            output.write_all(&bytes)?;
        }
        output.flush()?;
    }
}

/// A length, and as many bytes.
fn frame(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    input.read_exact(&mut len)?;
    let mut bytes = Vec::new();
    input.take(u32::from_be_bytes(len).into()).read_to_end(&mut bytes)?;
    Ok(bytes)
}

const fn trip<M: Message>() -> (&'static str, Trip) {
    (M::NAME, |bytes| {
        [
            M::decode(bytes).map(|message| message.encode()),
            M::View::decode(bytes).map(|view| view.to_message().encode()),
        ]
    })
}
