//! What went wrong at an object store, and what that means for somebody who can do something about it.

use std::time::Duration;

use object_store::client::{HttpError, HttpErrorKind};
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::Deserialize;

use super::Provider;
use crate::storage::{StorageError, network::SILENCE};

/// What went wrong in a request.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The server's address is one that no storage may have.
    NotAdmitted(StorageError),
    /// No connection was made.
    Unconnected(String),
    /// The server is not the one that it should be, as far as its certificate shows.
    Untrusted(String),
    /// The connection broke off.
    Broken(String),
    /// Nothing came, and nothing was taken, for too long.
    Silent,
    /// The request could not be made.
    Unmade(String),
    /// The provider refused it.
    Answered(Box<Refusal>),
}

/// A provider's refusal.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    /// The provider's own word for it; empty if it gave none.
    code: String,
    message: String,
    retry_after: Option<Duration>,
    /// The region that the bucket is in, where the provider said that it is another.
    region: Option<String>,
    /// The provider's clock.
    date: String,
}

/// The body of a refusal: S3's, Google's and Azure's are alike.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    code: String,
    message: String,
    region: String,
    details: String,
    authentication_error_detail: String,
}

impl Failure {
    /// A refusal, from what came.
    pub fn answered(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body: Body = quick_xml::de::from_reader(body).unwrap_or_default();
        let details = [body.message, body.authentication_error_detail, body.details];
        let details: Vec<_> = details.iter().map(|text| first_line(text)).filter(|text| !text.is_empty()).collect();
        Self::Answered(Box::new(Refusal {
            status,
            // Azure has it in a header too, which is all that there is without a body.
            code: if body.code.is_empty() { header("x-ms-error-code").unwrap_or_default() } else { body.code },
            message: details.join(" "),
            retry_after: header(RETRY_AFTER.as_str()).and_then(|text| text.parse().ok()).map(Duration::from_secs),
            region: header("x-amz-bucket-region").or(Some(body.region).filter(|region| !region.is_empty())),
            date: header("date").unwrap_or_default(),
        }))
    }

    /// Whether it may help to try at once again.
    pub fn into_http(self) -> HttpError {
        let kind = match &self {
            Self::Unconnected(_) => HttpErrorKind::Connect,
            Self::Broken(_) => HttpErrorKind::Interrupted,
            _ => HttpErrorKind::Unknown,
        };
        HttpError::new(kind, std::io::Error::other(self.words()))
    }

    fn words(&self) -> String {
        match self {
            Self::NotAdmitted(error) => error.to_string(),
            Self::Unconnected(cause) => format!("no connection can be made to {cause}"),
            Self::Untrusted(cause) => format!("the server's certificate is not trusted: {cause}"),
            Self::Broken(cause) => format!("the connection broke off: {cause}"),
            Self::Silent => format!("nothing moved for {} seconds", SILENCE.as_secs()),
            Self::Unmade(cause) => format!("the request cannot be made: {cause}"),
            Self::Answered(refusal) => refusal.words(),
        }
    }

    /// There is no such object, but its bucket may be there.
    pub fn is_missing_object(&self) -> bool {
        matches!(self, Self::Answered(refusal) if refusal.status == StatusCode::NOT_FOUND && !refusal.is_missing_bucket())
    }

    /// What was asked for is unknown to the provider, or not allowed to these credentials.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Answered(refusal) if refusal.status.is_client_error() || refusal.status == StatusCode::NOT_IMPLEMENTED)
    }

    /// The credentials are not accepted at all, as opposed to: do not allow this.
    pub fn is_unknown_credentials(&self) -> bool {
        matches!(self, Self::Answered(refusal) if refusal.status == StatusCode::UNAUTHORIZED
            || refusal.status == StatusCode::FORBIDDEN && !refusal.is_forbidden_action()
            || refusal.is_skew() || refusal.is_other_region())
    }

    /// A try at once may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unconnected(_) | Self::Broken(_) => true,
            Self::Answered(refusal) => refusal.is_passing(),
            _ => false,
        }
    }

    /// What it means, for the person who set the storage up.
    pub fn explain(&self, provider: &dyn Provider) -> StorageError {
        match self {
            Self::NotAdmitted(error) => error.clone(),
            Self::Answered(refusal) => refusal.explain(provider),
            _ => StorageError::unreachable(format!("{}: {}", provider.name(), self.words())),
        }
    }
}

impl Refusal {
    fn words(&self) -> String {
        let mut words = format!("{}", self.status.as_u16());
        for more in [&self.code, &self.message] {
            if !more.is_empty() {
                words.push(' ');
                words.push_str(more);
            }
        }
        words
    }

    fn is_missing_bucket(&self) -> bool {
        matches!(&*self.code, "NoSuchBucket" | "ContainerNotFound" | "ResourceNotFound" | "ContainerBeingDeleted")
    }

    fn is_forbidden_action(&self) -> bool {
        matches!(&*self.code, "" | "AccessDenied" | "AuthorizationPermissionMismatch" | "AuthorizationProtocolMismatch")
    }

    fn is_skew(&self) -> bool {
        matches!(&*self.code, "RequestTimeTooSkewed" | "RequestExpired") || self.message.contains("date header")
    }

    fn is_other_region(&self) -> bool {
        self.status.is_redirection()
            || matches!(&*self.code, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException")
    }

    /// It points to another address, and not because of the region.
    fn is_elsewhere(&self) -> bool {
        self.status.is_redirection() && self.region.is_none() && self.code.is_empty()
    }

    fn is_passing(&self) -> bool {
        let status = self.status.as_u16();
        (self.status.is_server_error() && !matches!(status, 501 | 507))
            || matches!(status, 408 | 425 | 429)
            || matches!(&*self.code, "RequestTimeout" | "SlowDown" | "OperationAborted" | "ServerBusy")
    }

    fn explain(&self, provider: &dyn Provider) -> StorageError {
        let (name, bucket, words) = (provider.name(), provider.bucket(), self.words());
        let date = &self.date;
        match self.status.as_u16() {
            _ if self.is_skew() => StorageError::Unauthorized(format!(
                "{name} refuses the request because this machine's clock is wrong: set it, and try again; the provider's says {date} ({words})"
            )),
            _ if self.is_elsewhere() => StorageError::Rejected(format!(
                "{name} points to another address, which is not followed ({words}): give the address that it has itself"
            )),
            _ if self.is_other_region() => {
                let region = self.region.as_ref().map_or_else(String::new, |region| format!(", but in {region}"));
                StorageError::InvalidSettings(format!("{bucket} is not in the region that was set{region} ({words})"))
            }
            507 => StorageError::QuotaExceeded(format!("{name} has no room left: {words}")),
            _ if self.code.contains("Quota") => StorageError::QuotaExceeded(format!("{name}: {words}")),
            404 if self.is_missing_bucket() => {
                StorageError::NotFound(format!("{name} knows no such thing as {bucket} ({words})"))
            }
            404 => StorageError::NotFound(format!("{name} has no such file in {bucket} ({words})")),
            401 => StorageError::Unauthorized(format!("{name} does not accept the credentials ({words})")),
            403 if self.is_forbidden_action() => StorageError::Unauthorized(format!(
                "{name} does not allow this in {bucket} with these credentials ({words})"
            )),
            403 => StorageError::Unauthorized(format!("{name} does not accept the credentials ({words})")),
            _ if self.is_passing() => StorageError::Unreachable {
                message: format!("{name} has a fault of its own, or too much to do ({words})"),
                retry_after: self.retry_after,
            },
            _ if matches!(
                &*self.code,
                "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" | "Md5Mismatch"
            ) =>
            {
                StorageError::Damaged(format!("{name} received something else than was sent ({words})"))
            }
            _ => StorageError::Rejected(format!("{name} refuses it ({words})")),
        }
    }
}

/// Azure's messages end in lines of request ids.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, headers: &[(&'static str, &str)], body: &str) -> Failure {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Failure::answered(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    struct Somewhere(url::Url);

    impl Provider for Somewhere {
        fn name(&self) -> &'static str {
            "Somewhere"
        }

        fn bucket(&self) -> String {
            "the bucket \"b\"".into()
        }

        fn root(&self) -> &url::Url {
            &self.0
        }

        fn leftovers(&self) -> super::super::Leftovers {
            super::super::Leftovers::Uploads
        }

        fn client(&self, _: super::super::Transport) -> object_store::Result<super::super::Client> {
            Err(object_store::Error::NotImplemented { operation: String::new(), implementer: String::new() })
        }
    }

    fn explained(status: u16, headers: &[(&'static str, &str)], body: &str) -> StorageError {
        failure(status, headers, body).explain(&Somewhere("https://s3.example.com/b".parse().unwrap()))
    }

    #[test]
    fn a_refusal_is_told_in_words_with_the_providers_code() {
        let skew = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>";
        let skew = explained(403, &[("date", "Tue, 24 Nov 2026 08:00:00 GMT")], skew);
        assert!(
            matches!(&skew, StorageError::Unauthorized(words) if words.contains("clock") && words.contains("24 Nov"))
        );
        let azure = "\u{feff}<?xml version=\"1.0\"?><Error><Code>AuthenticationFailed</Code><Message>No.\nRequestId:1</Message>\
            <AuthenticationErrorDetail>Request date header too old: 'x'</AuthenticationErrorDetail></Error>";
        assert!(matches!(explained(403, &[], azure), StorageError::Unauthorized(words) if words.contains("clock")));
        let region = explained(301, &[("x-amz-bucket-region", "eu-west-1")], "");
        assert!(matches!(region, StorageError::InvalidSettings(words) if words.contains("eu-west-1")));
        let slow = explained(503, &[("retry-after", "17")], "<Error><Code>SlowDown</Code></Error>");
        assert!(slow.is_retryable() && slow.to_string().contains("SlowDown"), "{slow}");
        assert!(matches!(slow, StorageError::Unreachable { retry_after: Some(pause), .. } if pause.as_secs() == 17));
        let gone = explained(404, &[], "<Error><Code>NoSuchBucket</Code></Error>");
        assert!(matches!(gone, StorageError::NotFound(words) if words.contains("the bucket \"b\"")));
        assert!(matches!(explained(507, &[], "full"), StorageError::QuotaExceeded(_)));
        assert!(explained(502, &[], "<html>Bad gateway</html>").is_retryable());
        assert!(matches!(explained(418, &[], ""), StorageError::Rejected(_)));
    }

    #[test]
    fn a_missing_bucket_is_not_taken_for_a_missing_object() {
        assert!(failure(404, &[], "<Error><Code>NoSuchKey</Code></Error>").is_missing_object());
        assert!(failure(404, &[("x-ms-error-code", "BlobNotFound")], "").is_missing_object());
        assert!(!failure(404, &[("x-ms-error-code", "ContainerNotFound")], "").is_missing_object());
        assert!(!failure(404, &[], "<Error><Code>NoSuchBucket</Code></Error>").is_missing_object());
    }
}
