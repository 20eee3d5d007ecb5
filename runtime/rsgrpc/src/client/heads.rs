//! The headers that a call begins with.

use crate::deadline::GRPC_TIMEOUT;
use crate::metadata::Draft;
use crate::transport::Headers;
use http::header::{HeaderName, HeaderValue};
use std::cell::RefCell;
use std::iter::zip;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many templates a thread keeps.
const KEPT: usize = 8;

/// The longest list of names that one is kept for, in bytes.
const LONGEST: usize = 512;

/// Makes the headers of a channel's calls: those that all have, and what callers add.
///
/// Calls of a program mostly add the same names. To put seven headers into an empty map costs four times as much as to copy
/// a map that has the names already and to set the values.
pub(super) struct Heads {
    /// Tells this channel's templates from those of others.
    id: u64,
    fixed: Vec<(HeaderName, HeaderValue)>,
}

/// Headers without the values of the timeout and of what a caller has added.
struct Template {
    id: u64,
    timed: bool,
    shape: Box<str>,
    headers: Headers,
}

thread_local! {
    static TEMPLATES: RefCell<Vec<Template>> = const { RefCell::new(Vec::new()) };
}

impl Heads {
    /// `fixed` are the headers that every call has.
    pub(super) fn new(fixed: Vec<(HeaderName, HeaderValue)>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), fixed }
    }

    /// The headers of a call. The timeout comes first, as gRPC's specification wishes.
    pub(super) fn headers(&self, timeout: Option<HeaderValue>, draft: &Draft) -> Headers {
        let Some(mut headers) = self.copied(timeout.is_some(), draft) else {
            return self.built(timeout, zip(draft.names(), draft.values()));
        };
        let mut slots = headers.values_mut();
        if let Some((slot, timeout)) = timeout.and_then(|timeout| Some((slots.next()?, timeout))) {
            *slot = timeout;
        }
        zip(slots.skip(self.fixed.len()), draft.values()).for_each(|(slot, value)| *slot = value);
        headers
    }

    fn built(
        &self,
        timeout: Option<HeaderValue>,
        added: impl Iterator<Item = (HeaderName, HeaderValue)>,
    ) -> Headers {
        let timeout = timeout.map(|timeout| (GRPC_TIMEOUT.clone(), timeout));
        let own = timeout.into_iter().chain(self.fixed.iter().cloned());
        let mut headers = Headers::new();
        for (name, value) in own.chain(added) {
            headers.append(name, value);
        }
        headers
    }

    /// A copy of the template for calls like this one. There is none where a name comes twice, or names are long.
    fn copied(&self, timed: bool, draft: &Draft) -> Option<Headers> {
        let shape = draft.shape();
        if shape.len() > LONGEST {
            return None;
        }
        let fits = |known: &&Template| known.id == self.id && known.timed == timed && *known.shape == *shape;
        let copied = TEMPLATES.try_with(|templates| {
            let mut templates = templates.borrow_mut();
            if let Some(known) = templates.iter().find(fits) {
                return Some(known.headers.clone());
            }
            let headers = self.template(timed, draft)?;
            if templates.len() >= KEPT {
                templates.remove(0);
            }
            templates.push(Template { id: self.id, timed, shape: shape.into(), headers: headers.clone() });
            Some(headers)
        });
        // While a thread ends there may be none any more.
        copied.ok().flatten()
    }

    /// What a caller has added is not kept: it may be long, or secret.
    fn template(&self, timed: bool, draft: &Draft) -> Option<Headers> {
        let empty = HeaderValue::from_static("");
        let added = draft.names().map(|name| (name, empty.clone()));
        let headers = self.built(timed.then(|| empty.clone()), added);
        // Values are set in the order of the map, which has to be that of the names.
        let fixed = self.fixed.iter().map(|(name, _)| name.clone());
        let names = timed.then(|| GRPC_TIMEOUT.clone()).into_iter().chain(fixed).chain(draft.names());
        headers.keys().cloned().eq(names).then_some(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads(agent: &'static str) -> Heads {
        let names = [("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", agent)];
        let fixed =
            names.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Heads::new(fixed.into())
    }

    fn draft(entries: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::default();
        entries.iter().for_each(|(name, value)| draft.append(name, value).unwrap());
        draft
    }

    /// What is built and what is copied, first and second time.
    #[track_caller]
    fn same(heads: &Heads, timeout: Option<&'static str>, entries: &[(&str, &str)]) {
        let draft = draft(entries);
        let timeout = timeout.map(HeaderValue::from_static);
        let built = heads.built(timeout.clone(), zip(draft.names(), draft.values()));
        for _ in 0..2 {
            let headers = heads.headers(timeout.clone(), &draft);
            assert!(headers.iter().eq(built.iter()), "{headers:?} are not {built:?}");
            assert_eq!(headers, built);
        }
    }

    #[test]
    fn copied_headers_are_those_that_would_be_built() {
        let (one, other) = (heads("one"), heads("other"));
        for heads in [&one, &other, &one] {
            for timeout in [None, Some("1S"), Some("2S")] {
                same(heads, timeout, &[]);
                same(heads, timeout, &[("x-request-id", "7"), ("authorization", "Bearer x")]);
                same(heads, timeout, &[("x-request-id", "8"), ("authorization", "Bearer y")]);
                same(heads, timeout, &[("authorization", "Bearer z"), ("x-request-id", "9")]);
                same(heads, timeout, &[("fruit", "apple"), ("x", ""), ("fruit", "pear")]);
            }
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let heads = heads("bounded");
        for number in 0..100 {
            let name = format!("name-{number}");
            same(&heads, Some("1S"), &[(&name, "value")]);
        }
        let many: Vec<_> = (0..1000).map(|number| (format!("name-{number}"), "value")).collect();
        let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        same(&heads, None, &many);
        TEMPLATES.with_borrow(|templates| {
            assert_eq!(templates.len(), KEPT);
            assert!(templates.iter().all(|template| template.shape.len() <= LONGEST));
        });
    }

    #[test]
    fn a_thread_that_ends_may_still_call() {
        struct Last(Heads);
        impl Drop for Last {
            fn drop(&mut self) {
                let timeout = crate::deadline::format_timeout(std::time::Duration::from_secs(1));
                assert_eq!(self.0.headers(Some(timeout), &draft(&[("fruit", "apple")])).len(), 5);
            }
        }
        thread_local! {
            static LAST: Last = Last(heads("last"));
        }
        let thread = std::thread::spawn(|| {
            // What a thread made first goes last.
            LAST.with(|last| drop(last.0.headers(None, &draft(&[]))));
            crate::deadline::format_timeout(std::time::Duration::from_secs(2));
        });
        thread.join().unwrap();
    }

    #[test]
    fn what_a_caller_adds_is_not_kept() {
        same(&heads("secret"), Some("1S"), &[("authorization", "Bearer x"), ("x-request-id", "7")]);
        TEMPLATES.with_borrow(|templates| {
            let headers = &templates.last().unwrap().headers;
            let values: Vec<_> = headers.values().map(|value| value.to_str().unwrap()).collect();
            assert_eq!(values, ["", "trailers", "application/grpc", "secret", "", ""]);
        });
    }
}
