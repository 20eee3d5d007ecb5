//! What passes by on a connection, and h2 does not tell: pings, bytes of messages, a GOAWAY's words.
//!
//! Only the heads of frames are looked at (RFC 9113 §4.1), so 64 KiB of DATA cost a few steps. Nothing is
//! checked: what is no HTTP/2 h2 finds out, and here it only makes for wrong counts.

use h2::Reason;
use tokio::time::Instant;

/// The head of a frame: three bytes of length, type, flags, four bytes of stream.
const HEAD: usize = 9;

/// What a client sends before its first frame.
const PREFACE: u32 = 24;

/// So much of a GOAWAY's payload is kept: last stream, reason, and more text than is known to mean anything.
const FAREWELL: usize = 64;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

/// The flag of PING and SETTINGS that answer others.
const ACK: u8 = 1;

/// The flag of HEADERS and CONTINUATION that no CONTINUATION follows.
const END_HEADERS: u8 = 4;

/// The error code of a GOAWAY for those who do too much of something.
const ENHANCE_YOUR_CALM: [u8; 4] = [0, 0, 0, 11];

/// The debug data of a GOAWAY for a client that pings too often (gRFC A8).
pub(super) const TOO_MANY_PINGS: &str = "too_many_pings";

/// What one end has seen of both directions.
pub(in crate::transport) struct Tally {
    input: Frames,
    output: Frames,
    seen: Seen,
    /// The payload of the last GOAWAY, and of the one before.
    farewell: Vec<u8>,
    former: Vec<u8>,
    /// A header list has been begun, which nothing may interrupt (RFC 9113 §6.10).
    in_headers: bool,
    /// Frames that h2 writes before it reads on: PING, SETTINGS, and the answers to them.
    owed: u32,
}

/// What has happened since the last time that somebody asked.
#[derive(Clone, Copy, Debug)]
pub(in crate::transport) struct Seen {
    /// When bytes last arrived.
    pub(super) read_at: Instant,
    /// Bytes of DATA that have arrived.
    pub(super) data: u64,
    /// Whether HEADERS or DATA were sent.
    pub(super) sent: bool,
    /// The peer's pings, of those after the last HEADERS or DATA that were sent.
    pub(super) pings: u32,
    /// The peer has said goodbye at some time.
    pub(super) leaving: bool,
}

impl Tally {
    pub(super) fn client() -> Self {
        Self::new(Frames::default(), Frames { left: PREFACE, ..Frames::default() })
    }

    pub(in crate::transport) fn server() -> Self {
        Self::new(Frames { left: PREFACE, ..Frames::default() }, Frames::default())
    }

    fn new(input: Frames, output: Frames) -> Self {
        let seen = Seen { read_at: Instant::now(), data: 0, sent: false, pings: 0, leaving: false };
        let (farewell, former) = Default::default();
        Self { input, output, seen, farewell, former, in_headers: false, owed: 0 }
    }

    pub(in crate::transport) fn read(&mut self, bytes: &[u8]) {
        let Self { input, seen, farewell, former, owed, .. } = self;
        seen.read_at = Instant::now();
        input.pass(bytes, |piece| match piece {
            Piece::Head { kind: DATA, length, .. } => seen.data += u64::from(length),
            Piece::Head { kind: PING, flags, .. } if flags & ACK == 0 => {
                seen.pings = seen.pings.saturating_add(1);
                *owed = owed.saturating_add(1);
            }
            Piece::Head { kind: SETTINGS, flags, .. } if flags & ACK == 0 => *owed = owed.saturating_add(1),
            Piece::Head { kind: GOAWAY, .. } => {
                seen.leaving = true;
                if !is_repeated(farewell, former) {
                    std::mem::swap(farewell, former);
                }
                farewell.clear();
            }
            Piece::Payload { kind: GOAWAY, bytes } => {
                let room = FAREWELL.saturating_sub(farewell.len());
                farewell.extend(bytes.iter().take(room));
            }
            _ => {}
        });
    }

    pub(in crate::transport) fn wrote(&mut self, bytes: &[u8]) {
        let Self { output, seen, in_headers, owed, .. } = self;
        output.pass(bytes, |piece| {
            let Piece::Head { kind, flags, .. } = piece else { return };
            if kind == DATA || kind == HEADERS {
                seen.sent = true;
                seen.pings = 0;
            }
            if kind == PING || kind == SETTINGS {
                *owed = owed.saturating_sub(1);
            }
            *in_headers = (kind == HEADERS || kind == CONTINUATION) && flags & END_HEADERS == 0;
        });
    }

    /// h2 has been told to write a PING or SETTINGS.
    pub(in crate::transport) fn owe(&mut self) {
        self.owed = self.owed.saturating_add(1);
    }

    /// Whether h2 has to write something before it reads on.
    pub(in crate::transport) fn owes(&self) -> bool {
        self.owed > 0
    }

    /// Whether another frame may follow what was written last.
    pub(in crate::transport) fn is_between_frames(&self) -> bool {
        self.output.left == 0 && self.output.filled == 0 && !self.in_headers
    }

    pub(in crate::transport) fn take(&mut self) -> Seen {
        let seen = self.seen;
        self.seen = Seen { data: 0, sent: false, pings: 0, ..seen };
        seen
    }

    /// Why the peer has said goodbye, where there is a reason.
    pub(in crate::transport) fn farewell(&self) -> Option<String> {
        let (reason, text) = self.last_words().get(4..)?.split_first_chunk()?;
        let reason = Reason::from(u32::from_be_bytes(*reason));
        match text {
            _ if reason == Reason::NO_ERROR => None,
            [] => Some(format!("the peer said goodbye: {reason:?}")),
            text => Some(format!("the peer said goodbye: {reason:?}, {:?}", String::from_utf8_lossy(text))),
        }
    }

    /// Whether the peer has said goodbye because of too many pings (gRFC A8).
    pub(in crate::transport) fn pinged_too_often(&self) -> bool {
        self.last_words().get(4..).and_then(|rest| rest.strip_prefix(&ENHANCE_YOUR_CALM))
            == Some(TOO_MANY_PINGS.as_bytes())
    }

    /// The last GOAWAY, or the one before where that says the same in more words: servers say with another one
    /// which streams they have processed.
    fn last_words(&self) -> &[u8] {
        if is_repeated(&self.farewell, &self.former) { &self.former } else { &self.farewell }
    }
}

/// Whether a GOAWAY only has the reason of the one before.
fn is_repeated(goaway: &[u8], former: &[u8]) -> bool {
    goaway.len() == 8 && goaway.get(4..) == former.get(4..8)
}

/// A GOAWAY that names no stream as unprocessed, with words that h2 cannot send.
pub(super) fn goaway(reason: u32, debug: &str) -> Vec<u8> {
    let length = u32::try_from(debug.len() + 8).unwrap_or(u32::MAX).to_be_bytes();
    let mut frame = length.iter().skip(1).copied().collect::<Vec<_>>();
    frame.extend([GOAWAY, 0, 0, 0, 0, 0]);
    frame.extend(0x7fff_ffff_u32.to_be_bytes());
    frame.extend(reason.to_be_bytes());
    frame.extend(debug.as_bytes());
    frame
}

/// Where in a sequence of frames the bytes so far have ended.
#[derive(Default)]
struct Frames {
    head: [u8; HEAD],
    /// Invariant: `filled < HEAD`, and 0 where `left > 0`.
    filled: usize,
    /// What is to come of the payload.
    left: u32,
    /// The type of the frame whose payload is passing.
    kind: u8,
}

enum Piece<'a> {
    Head { kind: u8, flags: u8, length: u32 },
    Payload { kind: u8, bytes: &'a [u8] },
}

impl Frames {
    fn pass<'a>(&mut self, mut bytes: &'a [u8], mut see: impl FnMut(Piece<'a>)) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let here = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                let (payload, rest) = bytes.split_at(here);
                see(Piece::Payload { kind: self.kind, bytes: payload });
                // At most `left`, so it is a u32.
                self.left -= u32::try_from(here).unwrap_or(self.left);
                bytes = rest;
                continue;
            }
            let head = match bytes.split_first_chunk::<HEAD>() {
                Some((head, rest)) if self.filled == 0 => {
                    bytes = rest;
                    *head
                }
                _ => match self.complete(&mut bytes) {
                    Some(head) => head,
                    None => return,
                },
            };
            let [high, middle, low, kind, flags, ..] = head;
            let length = u32::from_be_bytes([0, high, middle, low]);
            see(Piece::Head { kind, flags, length });
            match usize::try_from(length).ok().and_then(|length| bytes.get(length..)) {
                // Most frames come whole, and then one step is enough.
                Some(rest) if kind != GOAWAY => bytes = rest,
                _ => (self.kind, self.left) = (kind, length),
            }
        }
    }

    /// Puts together a head that comes in parts.
    #[cold]
    fn complete(&mut self, bytes: &mut &[u8]) -> Option<[u8; HEAD]> {
        let missing = self.head.get_mut(self.filled..).unwrap_or_default();
        let here = missing.len().min(bytes.len());
        let (part, rest) = bytes.split_at(here);
        missing.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        *bytes = rest;
        self.filled += here;
        if self.filled < HEAD {
            return None;
        }
        self.filled = 0;
        Some(self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 1], payload].concat()
    }

    /// What is seen of these bytes, read in pieces of this size.
    fn read(bytes: &[u8], piece: usize) -> (Seen, Tally) {
        let mut tally = Tally::client();
        bytes.chunks(piece).for_each(|bytes| tally.read(bytes));
        (tally.take(), tally)
    }

    #[test]
    fn frames_are_seen_however_they_arrive() {
        let bytes = [
            frame(DATA, 0, &[0; 1000]),
            frame(PING, 0, &[1; 8]),
            frame(PING, ACK, &[6; 8]),
            frame(HEADERS, 4, &[PING; 50]),
            frame(DATA, 1, b""),
            frame(PING, 0, &[2; 8]),
            frame(DATA, 1, &[7; 5]),
        ]
        .concat();
        for piece in [1, 2, 8, 9, 10, 100, bytes.len()] {
            let (seen, mut tally) = read(&bytes, piece);
            assert_eq!((seen.data, seen.pings, seen.leaving), (1005, 2, false), "pieces of {piece}");
            assert_eq!((tally.take().data, tally.take().pings), (0, 0));
        }
    }

    #[test]
    fn a_goaway_is_read_up_to_a_limit() {
        let bytes = goaway(11, TOO_MANY_PINGS);
        assert_eq!(
            bytes,
            frame(GOAWAY, 0, &[&b"\x7f\xff\xff\xff\0\0\0\x0b"[..], b"too_many_pings"].concat())
                .iter()
                .enumerate()
                .map(|(at, byte)| if at == 8 { 0 } else { *byte })
                .collect::<Vec<_>>()
        );
        for piece in [1, 9, 1000] {
            let (seen, tally) = read(&bytes, piece);
            assert!(seen.leaving && tally.pinged_too_often());
        }
        // Other words, another reason, too short a frame, too long a text; the last one counts.
        for other in [goaway(11, "max_age"), goaway(0, TOO_MANY_PINGS), frame(GOAWAY, 0, &[0; 3])] {
            let (seen, tally) = read(&[&bytes[..], &other].concat(), 7);
            assert!(seen.leaving && !tally.pinged_too_often());
        }
        let (_, tally) = read(&goaway(11, &"too_many_pings".repeat(10_000)), 1000);
        assert!(!tally.pinged_too_often() && tally.farewell.len() == FAREWELL);
    }

    #[test]
    fn a_goaway_without_words_keeps_those_of_the_last_one() {
        let bare = goaway(11, "");
        for piece in [1, 9, 1000] {
            let (_, tally) = read(&[goaway(11, TOO_MANY_PINGS), bare.clone(), bare.clone()].concat(), piece);
            assert!(tally.pinged_too_often());
            assert!(tally.farewell().unwrap().contains(TOO_MANY_PINGS));
        }
        let (_, tally) = read(&[goaway(11, TOO_MANY_PINGS), goaway(2, ""), bare].concat(), 7);
        assert!(!tally.pinged_too_often());
    }

    #[test]
    fn nothing_goes_between_headers_and_their_continuations() {
        let mut tally = Tally::server();
        for (kind, flags, between) in [
            (HEADERS, 1, false),
            (CONTINUATION, 0, false),
            (CONTINUATION, 4, true),
            (DATA, 0, true),
            (HEADERS, 5, true),
        ] {
            tally.wrote(&frame(kind, flags, b"block"));
            assert_eq!(tally.is_between_frames(), between, "{kind} {flags}");
        }
    }

    #[test]
    fn a_server_passes_over_the_preface_and_sees_what_it_sends() {
        let mut tally = Tally::server();
        tally.read(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        tally.read(&frame(PING, 0, &[0; 8]));
        tally.wrote(&frame(4, 0, b""));
        let seen = tally.take();
        assert_eq!((seen.pings, seen.sent), (1, false));
        // Pings before what is sent are paid for.
        tally.read(&frame(PING, 0, &[0; 8]));
        let data = frame(DATA, 0, &[0; 20]);
        assert!(tally.is_between_frames());
        for part in [&data[..3], &data[3..20]] {
            tally.wrote(part);
            assert!(!tally.is_between_frames());
        }
        tally.wrote(&data[20..]);
        assert!(tally.is_between_frames());
        tally.read(&frame(PING, 0, &[0; 8]));
        let seen = tally.take();
        assert_eq!((seen.pings, seen.sent), (1, true));
    }

    #[test]
    fn answers_are_owed_until_they_are_written() {
        let mut tally = Tally::server();
        tally.wrote(&frame(SETTINGS, 0, b""));
        tally.read(&[0; 24]);
        tally.read(&frame(SETTINGS, 0, b""));
        tally.read(&frame(SETTINGS, ACK, b""));
        tally.read(&frame(PING, 0, &[0; 8]));
        tally.owe();
        for answer in [frame(SETTINGS, ACK, b""), frame(DATA, 0, b"x"), frame(PING, ACK, &[0; 8])] {
            tally.wrote(&answer);
            assert!(tally.owes());
        }
        tally.wrote(&frame(PING, 0, &[0; 8]));
        assert!(!tally.owes());
    }

    #[test]
    fn garbage_is_walked_over() {
        let mut state = 1_u32;
        let garbage = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        });
        let garbage = garbage.take(200_000).collect::<Vec<_>>();
        let whole = read(&garbage, garbage.len()).0;
        for piece in [1, 9, 4096] {
            let seen = read(&garbage, piece).0;
            assert_eq!((seen.data, seen.pings, seen.leaving), (whole.data, whole.pings, whole.leaving));
        }
    }
}
