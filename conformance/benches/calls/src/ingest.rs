//! A batch of log lines, and the sum by which a server proves that it has read
//! every field.

use prost::Message;

use crate::peer::tonic::generated::bench::shapes::{LogBatch, LogRecord, log_record::Origin};

/// What depends on every value that was added.
#[derive(Default)]
pub struct Sum(u64);

impl Sum {
    pub fn add(&mut self, field: impl Field) {
        self.0 = self.0.wrapping_add(field.sum());
    }

    pub fn value(self) -> u64 {
        self.0
    }
}

/// The value of a field, in any implementation's type for it.
pub trait Field {
    fn sum(&self) -> u64;
}

impl Field for i32 {
    fn sum(&self) -> u64 {
        i64::from(*self).sum()
    }
}

impl Field for i64 {
    fn sum(&self) -> u64 {
        self.cast_unsigned()
    }
}

impl Field for &str {
    fn sum(&self) -> u64 {
        self.len() as u64 + self.as_bytes().first().map_or(0, |byte| u64::from(*byte))
    }
}

impl Field for String {
    fn sum(&self) -> u64 {
        self.as_str().sum()
    }
}

impl<T: Field> Field for &T {
    fn sum(&self) -> u64 {
        (*self).sum()
    }
}

impl<E: buffa::Enumeration> Field for buffa::EnumValue<E> {
    fn sum(&self) -> u64 {
        self.to_i32().sum()
    }
}

/// The sum of a batch, in any implementation's type for it, owned or a view.
/// The method gives an optional message as an [`Option`].
macro_rules! sum {
    ($batch:expr, $optional:ident) => {{
        let batch = $batch;
        let mut sum = $crate::ingest::Sum::default();
        sum.add(&batch.collector);
        for record in batch.records.iter() {
            sum.add(&record.timestamp_nanos);
            sum.add(&record.service);
            sum.add(&record.instance);
            sum.add(&record.severity);
            sum.add(&record.message);
            for (key, value) in record.labels.iter() {
                sum.add(key);
                sum.add(value);
            }
            sum.add(&record.trace_id);
            sum.add(&record.span_id);
            if let Some(origin) = record.origin.$optional() {
                sum.add(&origin.file);
                sum.add(&origin.line);
                sum.add(&origin.function);
            }
        }
        sum.value()
    }};
}
pub(crate) use sum;

/// 50 lines, about 22 kB.
fn batch() -> LogBatch {
    let records = (0..50).map(|line: i32| LogRecord {
        timestamp_nanos: 1_790_000_000_000_000_000 + i64::from(line) * 1_237_411,
        service: "checkout".to_owned(),
        instance: format!("checkout-7d9c5b6f4-{:05}", line * 37),
        severity: 1 + line % 4,
        message: format!(
            "payment of order {} was authorised after {} ms; card ending in {:04}, attempt {} of 3, region eu-1",
            100_000 + line * 977,
            20 + line * 13 % 400,
            line * 7919 % 10_000,
            1 + line % 3
        ),
        labels: (0..7).map(|label| (format!("label-{label}"), format!("value-{}", line * label))).collect(),
        trace_id: format!("{:032x}", i64::from(line) * 0x1234_5678_9abc),
        span_id: format!("{:016x}", i64::from(line) * 0x9_8765_4321),
        origin: Some(Origin {
            file: "services/checkout/src/payments/authorisation.rs".to_owned(),
            line: 100 + line,
            function: "checkout::payments::authorise".to_owned(),
        }),
    });
    LogBatch { collector: "collector-eu-1-a".to_owned(), records: records.collect() }
}

/// The encoded batch, and the sum to expect.
pub fn encoded() -> (Vec<u8>, u64) {
    let batch = batch();
    (batch.encode_to_vec(), sum!(&batch, as_ref))
}
