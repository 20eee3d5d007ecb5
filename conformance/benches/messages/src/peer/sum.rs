//! Reading every field of a view: something of each value goes into a sum.

use buffa::{EnumValue, MessageFieldView};
use rsgrpc::codegen::{Read, Static};

use super::{buffa as peer, rsgrpc as ours};

/// What can be read as a whole.
pub trait Sum {
    /// Depends on every value.
    fn sum(&self) -> u64;
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Sum for $type {
            fn sum(&self) -> u64 {
                *self as u64
            }
        }
    )*};
}
numbers!(bool i32 i64 u32 u64 f32 f64);

impl Sum for &[u8] {
    fn sum(&self) -> u64 {
        self.len() as u64 + self.first().map_or(0, |byte| u64::from(*byte))
    }
}

impl Sum for &str {
    fn sum(&self) -> u64 {
        self.as_bytes().sum()
    }
}

impl<T: Sum> Sum for Option<T> {
    fn sum(&self) -> u64 {
        self.as_ref().map_or(0, Sum::sum)
    }
}

impl<A: Sum, B: Sum> Sum for (A, B) {
    fn sum(&self) -> u64 {
        self.0.sum() + self.1.sum()
    }
}

fn all<T: Sum>(values: impl Iterator<Item = T>) -> u64 {
    values.fold(0, |sum, value| sum.wrapping_add(value.sum()))
}

impl<T: Sum> Sum for &T {
    fn sum(&self) -> u64 {
        (*self).sum()
    }
}

impl<E: buffa::Enumeration> Sum for EnumValue<E> {
    fn sum(&self) -> u64 {
        self.to_i32() as u64
    }
}

impl<V: Sum> Sum for MessageFieldView<V> {
    fn sum(&self) -> u64 {
        self.as_option().sum()
    }
}

impl<T: Sum> Sum for buffa::RepeatedView<'_, T> {
    fn sum(&self) -> u64 {
        all(self.iter())
    }
}

impl<K: Sum, V: Sum> Sum for buffa::MapView<'_, K, V> {
    fn sum(&self) -> u64 {
        all(self.iter())
    }
}

impl<'a, V: buffa::LazyMessageView<'a> + Sum> Sum for buffa::LazyRepeatedView<'a, V> {
    fn sum(&self) -> u64 {
        all(self.iter().map(|value| value.expect("well formed")))
    }
}

impl<'a, V: buffa::LazyMessageView<'a> + Sum> Sum for buffa::LazyMessageFieldView<'a, V> {
    fn sum(&self) -> u64 {
        self.get().expect("well formed").sum()
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default + Sum> Sum for rsgrpc::RepeatedView<'a, K, T> {
    fn sum(&self) -> u64 {
        all(self.iter())
    }
}

impl<'a, K, V, A, B> Sum for rsgrpc::MapView<'a, K, V, A, B>
where
    K: Static + Read<'a, A>,
    V: Static + Read<'a, B>,
    A: Default + Sum,
    B: Default + Sum,
{
    fn sum(&self) -> u64 {
        all(self.iter())
    }
}

impl Sum for ours::shapes::Severity {
    fn sum(&self) -> u64 {
        i32::from(*self) as u64
    }
}

macro_rules! fields {
    ($view:ty: $($field:ident)*) => {
        impl Sum for $view {
            fn sum(&self) -> u64 {
                let mut sum = 0_u64;
                $(sum = sum.wrapping_add(self.$field.sum());)*
                sum
            }
        }
    };
}

/// The fields of the messages, for a family of views.
macro_rules! shapes {
    ($api:ty, $log:ty, $origin:ty, $event:ty, $section:ty, $property:ty, $value:ident, $google:ty, $detail:ty, $media:ty, $tensor:ty, $batch:ty) => {
        fields!($api: request_id status_code message latency_ms cached trace_id retry_after_ms tags);
        fields!($log: timestamp_nanos service instance severity message labels trace_id span_id origin);
        fields!($origin: file line function);
        fields!($event: event_id timestamp_micros user_id properties sections);
        fields!($section: name attributes children);
        fields!($google: name height width address stamps kind path host visible shared locked detail priority
            archived label created depth dirty parent pinned starred hidden retries flags remote cached frozen
            updated replicas delta drift hash ratio average quota used shard);
        fields!($detail: id offset active title width height owner checksum weight score revision mask);
        fields!($media: stream_id sequence timestamp_micros key_frame payload digest side_data);
        fields!($tensor: name dimensions values tokens offsets);
        fields!($batch: collector records);

        impl Sum for $property {
            fn sum(&self) -> u64 {
                let value = match &self.value {
                    None => 0,
                    Some($value::Text(value)) => value.sum(),
                    Some($value::Whole(value)) => value.sum(),
                    Some($value::Real(value)) => value.sum(),
                    Some($value::Flag(value)) => value.sum(),
                };
                self.key.sum().wrapping_add(value)
            }
        }
    };
}

mod eager {
    use super::peer::shapes::__buffa::view::oneof::analytics_event::property::Value;
    use super::{Sum, peer::shapes::__buffa::view};
    shapes!(
        view::ApiResponseView<'_>,
        view::LogRecordView<'_>,
        view::log_record::OriginView<'_>,
        view::AnalyticsEventView<'_>,
        view::analytics_event::SectionView<'_>,
        view::analytics_event::PropertyView<'_>,
        Value,
        view::GoogleMessage1View<'_>,
        view::google_message1::DetailView<'_>,
        view::MediaFrameView<'_>,
        view::TensorView<'_>,
        view::LogBatchView<'_>
    );
}

mod lazy {
    use super::peer::shapes::__buffa::view::oneof::analytics_event::property::Value;
    use super::{Sum, peer::shapes::__buffa::lazy_view as view};
    shapes!(
        view::ApiResponseLazyView<'_>,
        view::LogRecordLazyView<'_>,
        view::log_record::OriginLazyView<'_>,
        view::AnalyticsEventLazyView<'_>,
        view::analytics_event::SectionLazyView<'_>,
        view::analytics_event::PropertyLazyView<'_>,
        Value,
        view::GoogleMessage1LazyView<'_>,
        view::google_message1::DetailLazyView<'_>,
        view::MediaFrameLazyView<'_>,
        view::TensorLazyView<'_>,
        view::LogBatchLazyView<'_>
    );
}

mod own {
    use super::Sum;
    use super::ours::shapes::{self as view, analytics_event::property::ValueView};
    shapes!(
        view::ApiResponseView<'_>,
        view::LogRecordView<'_>,
        view::log_record::OriginView<'_>,
        view::AnalyticsEventView<'_>,
        view::analytics_event::SectionView<'_>,
        view::analytics_event::PropertyView<'_>,
        ValueView,
        view::GoogleMessage1View<'_>,
        view::google_message1::DetailView<'_>,
        view::MediaFrameView<'_>,
        view::TensorView<'_>,
        view::LogBatchView<'_>
    );
}
