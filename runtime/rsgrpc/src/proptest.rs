//! Messages for property tests with proptest (feature `proptest`).
//!
//! Every generated message implements proptest's `Arbitrary`; what such messages are like, [`arbitrary`]
//! says. One that fails a test is made smaller, field by field.
//!
//! ```
//! use proptest::prelude::*;
//! use rsgrpc::Message;
//! use rsgrpc::wkt::Struct;
//!
//! proptest! {
//!     # #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) })]
//!     # /*
//!     #[test]
//!     # */
//!     fn survives(message in any::<Struct>()) {
//!         prop_assert_eq!(Struct::decode(&message.encode()), Ok(message));
//!     }
//! }
//! # survives();
//! ```

use std::fmt;
use std::marker::PhantomData;

use ::arbitrary::Unstructured;
use ::proptest::arbitrary::any;
use ::proptest::collection::vec;
use ::proptest::strategy::{NewTree, Strategy, ValueTree};
use ::proptest::test_runner::TestRunner;

use crate::{Message, arbitrary};

/// At most so many bytes choose a message.
const BYTES: usize = 1024;

/// Messages of the type `M`: what `any::<M>()` is, for code that is generic over messages.
#[must_use]
pub fn messages<M: Message>() -> Messages<M> {
    Messages(PhantomData)
}

/// The strategy of [`messages`].
pub struct Messages<M>(PhantomData<fn() -> M>);

impl<M> Clone for Messages<M> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<M: Message> fmt::Debug for Messages<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Messages").field(&M::NAME).finish()
    }
}

impl<M: Message> Strategy for Messages<M> {
    type Tree = Shrinking<M>;
    type Value = M;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let bytes = vec(any::<u8>(), 0..=BYTES).new_tree(runner)?.current();
        Ok(Shrinking {
            step: Step::Cut(bytes.len()),
            bytes,
            at: 0,
            last: None,
            smaller: false,
            message: PhantomData,
        })
    }
}

/// A message and the bytes that chose it. It shrinks as they do: long runs are cut out first, then shorter ones, at last
/// single bytes; then bytes become 0, which is the first choice everywhere. All that again, as long as it helps.
pub struct Shrinking<M> {
    bytes: Vec<u8>,
    step: Step,
    /// Where the step goes on.
    at: usize,
    /// The step taken last, if it can be taken back: what stood at `at`.
    last: Option<Vec<u8>>,
    /// Whether anything has helped since long runs were cut.
    smaller: bool,
    message: PhantomData<fn() -> M>,
}

/// How the bytes become simpler.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many bytes are cut out.
    Cut(usize),
    /// A byte becomes 0.
    Zero,
}

impl<M> fmt::Debug for Shrinking<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shrinking")
            .field("bytes", &self.bytes)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl<M: Message> ValueTree for Shrinking<M> {
    type Value = M;

    fn current(&self) -> M {
        arbitrary::message(&mut Unstructured::new(&self.bytes)).unwrap_or_default()
    }

    fn simplify(&mut self) -> bool {
        // The last step is not taken back: it has helped.
        self.smaller |= self.last.take().is_some();
        loop {
            let here = self.bytes.get(self.at..).unwrap_or_default();
            match self.step {
                Step::Cut(len @ 1..) if !here.is_empty() => {
                    let end = self.at + here.len().min(len);
                    self.last = Some(self.bytes.drain(self.at..end).collect());
                    return true;
                }
                Step::Zero => {
                    if let Some(skip) = here.iter().position(|byte| *byte != 0) {
                        self.at += skip;
                        self.last = self.bytes.get_mut(self.at).map(|byte| vec![std::mem::take(byte)]);
                        return true;
                    }
                    if !std::mem::take(&mut self.smaller) {
                        return false;
                    }
                    self.step = Step::Cut(self.bytes.len());
                }
                // A field with its value is a few bytes, of any number.
                Step::Cut(len @ 2..=24) => self.step = Step::Cut(len - 1),
                Step::Cut(len @ 25..) => self.step = Step::Cut(len / 2),
                Step::Cut(_) => self.step = Step::Zero,
            }
            self.at = 0;
        }
    }

    fn complicate(&mut self) -> bool {
        let Some(last) = self.last.take() else { return false };
        let end = match self.step {
            Step::Cut(_) => self.at,
            Step::Zero => self.at + last.len(),
        };
        let len = last.len();
        self.bytes.splice(self.at..end, last);
        self.at += len;
        // What stands here again is known to fail; the next step is what is worth a test.
        self.simplify();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wkt::ListValue;

    /// All that is left of a value is what makes it fail.
    #[test]
    fn what_fails_is_made_small() {
        let mut runner = TestRunner::deterministic();
        let deep = |list: &ListValue| format!("{list:?}").matches("bool_value: true").count() > 1;
        let mut tree = std::iter::repeat_with(|| messages::<ListValue>().new_tree(&mut runner))
            .take(1000)
            .flatten()
            .find(|tree| deep(&tree.current()))
            .expect("there is such a value");
        let mut more = tree.simplify();
        while more {
            more = if deep(&tree.current()) { tree.simplify() } else { tree.complicate() };
        }
        assert!(deep(&tree.current()));
        assert!(tree.bytes.len() <= 16, "{tree:?} {:#?}", tree.current());
    }
}
