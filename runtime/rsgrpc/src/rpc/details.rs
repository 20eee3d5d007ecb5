//! The standard details, made and read with few words.

use super::bad_request::FieldViolation;
use super::help::Link;
use super::{
    BadRequest, DebugInfo, ErrorInfo, Help, LocalizedMessage, PreconditionFailure, QuotaFailure, RequestInfo,
    ResourceInfo, RetryInfo, precondition_failure, quota_failure,
};
use crate::wkt;
use std::time::Duration;

impl ErrorInfo {
    /// The reason in `UPPER_SNAKE_CASE`, and the domain that it belongs to, such as the name of the service.
    #[must_use]
    pub fn new(reason: impl Into<String>, domain: impl Into<String>) -> Self {
        Self { reason: reason.into(), domain: domain.into(), ..Default::default() }
    }

    /// Adds what belongs to the reason, under a key in `lowerCamelCase`.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }
}

impl RetryInfo {
    /// Not to try again before this time has passed.
    #[must_use]
    pub fn after(delay: Duration) -> Self {
        // The longest that a message can say: some 10,000 years.
        let longest = || wkt::Duration { seconds: 315_576_000_000, nanos: 0, ..Default::default() };
        let delay = wkt::Duration::try_from(delay).unwrap_or_else(|_| longest());
        Self { retry_delay: Some(delay), ..Default::default() }
    }

    /// The time to wait before the next attempt. `None` where there is none, or one that is not valid.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        Duration::try_from(self.retry_delay.as_ref()?).ok()
    }
}

impl DebugInfo {
    /// What happened and where, the innermost place first. Not for clients outside of the own house.
    #[must_use]
    pub fn new<T: Into<String>>(
        detail: impl Into<String>,
        stack_entries: impl IntoIterator<Item = T>,
    ) -> Self {
        let stack_entries = stack_entries.into_iter().map(Into::into).collect();
        Self { stack_entries, detail: detail.into(), ..Default::default() }
    }
}

impl QuotaFailure {
    /// Adds a quota that is used up: whose, such as `project:shop`, and which.
    #[must_use]
    pub fn violation(mut self, subject: impl Into<String>, description: impl Into<String>) -> Self {
        let (subject, description) = (subject.into(), description.into());
        self.violations.push(quota_failure::Violation { subject, description, ..Default::default() });
        self
    }
}

impl PreconditionFailure {
    /// Adds a condition that does not hold: of which type, such as `TOS`, on what, and how to mend it.
    #[must_use]
    pub fn violation(
        mut self,
        r#type: impl Into<String>,
        subject: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        let (r#type, subject, description) = (r#type.into(), subject.into(), description.into());
        self.violations.push(precondition_failure::Violation {
            r#type,
            subject,
            description,
            ..Default::default()
        });
        self
    }
}

impl BadRequest {
    /// Adds a field that is wrong, by its path such as `product.image_urls[2]`, and why.
    #[must_use]
    pub fn violation(mut self, field: impl Into<String>, description: impl Into<String>) -> Self {
        let (field, description) = (field.into(), description.into());
        self.field_violations.push(FieldViolation { field, description, ..Default::default() });
        self
    }
}

impl RequestInfo {
    /// The name of the request in the server's logs.
    #[must_use]
    pub fn new(request_id: impl Into<String>) -> Self {
        Self { request_id: request_id.into(), ..Default::default() }
    }
}

impl ResourceInfo {
    /// The type of what was accessed, its name, and what went wrong.
    #[must_use]
    pub fn new(
        resource_type: impl Into<String>,
        resource_name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            resource_type: resource_type.into(),
            resource_name: resource_name.into(),
            description: description.into(),
            ..Default::default()
        }
    }
}

impl Help {
    /// Adds a link: what it offers, and its URL.
    #[must_use]
    pub fn link(mut self, description: impl Into<String>, url: impl Into<String>) -> Self {
        let (description, url) = (description.into(), url.into());
        self.links.push(Link { description, url, ..Default::default() });
        self
    }
}

impl LocalizedMessage {
    /// The language of a text, such as `de-AT`, and the text.
    #[must_use]
    pub fn new(locale: impl Into<String>, message: impl Into<String>) -> Self {
        Self { locale: locale.into(), message: message.into(), ..Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_as_long_as_can_be_said() {
        let delay = Duration::new(3, 500);
        assert_eq!(RetryInfo::after(delay).delay(), Some(delay));
        assert_eq!(RetryInfo::after(Duration::MAX).delay(), Some(Duration::from_secs(315_576_000_000)));
        assert_eq!(RetryInfo::default().delay(), None);
        let past = wkt::Duration { seconds: -1, ..Default::default() };
        assert_eq!(RetryInfo { retry_delay: Some(past), ..Default::default() }.delay(), None);
    }
}
