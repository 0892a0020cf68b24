//! How much a client may ask of the API at once: each a setting with a default that dashboards and integrations do not reach.
//!
//! A limit is one line of the list below: the setting, the README's table and the check of a value all come from it.

use std::{ops::RangeInclusive, time::Duration};

/// A limit, as an operator sets it.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What it is called in settings.
    pub name: String,
    /// What holds if nothing is set.
    pub default: u64,
    /// What it may be set to.
    pub range: RangeInclusive<u64>,
    /// What it bounds, and in which unit.
    pub what: &'static str,
}

/// Why a limit was not set.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// There is none of this name.
    #[error("there is no limit `{0}`; there are {1}")]
    Unknown(String, String),
    /// It is less or more than what is allowed.
    #[error("{0} must be {least} to {most}", least = .1.start(), most = .1.end())]
    OutOfRange(String, RangeInclusive<u64>),
}

macro_rules! limits {
    ($( $name:ident = $default:literal, $range:expr, $what:literal; )*) => {
        /// How much a client may ask for.
        #[derive(Clone, Debug)]
        pub struct Limits {
            $( #[doc = $what] pub $name: u64, )*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $( $name: $default, )* }
            }
        }

        impl Limits {
            /// All of them, in the order in which a request meets them.
            pub fn all() -> Vec<Limit> {
                vec![$( Limit { name: setting(stringify!($name)), default: $default, range: $range, what: $what }, )*]
            }

            /// Sets the limit of this name.
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
                let known = Self::all();
                let Some(limit) = known.iter().find(|limit| limit.name == name) else {
                    let names: Vec<_> = known.into_iter().map(|limit| limit.name).collect();
                    return Err(LimitError::Unknown(name.to_owned(), names.join(", ")));
                };
                if !limit.range.contains(&value) {
                    return Err(LimitError::OutOfRange(name.to_owned(), limit.range.clone()));
                }
                $( if name == setting(stringify!($name)) { self.$name = value; } )*
                Ok(())
            }
        }
    };
}

limits! {
    connections = 1000, 10..=100_000, "Connections open at once.";
    connections_per_address = 250, 1..=100_000, "Connections open at once from one address (of IPv6, one /64), but those of trusted proxies.";
    header_seconds = 10, 1..=300, "Seconds for a request's head, and for a connection to ask something at all.";
    body_seconds = 30, 1..=3600, "Seconds for the body of a request.";
    body_bytes = 1_048_576, 1024..=67_108_864, "Bytes of the body of a request.";
    message_bytes = 131_072, 1024..=16_777_216, "Bytes of a message over a WebSocket.";
    request_seconds = 300, 1..=3600, "Seconds until a request is answered. What it has begun is done all the same.";
    write_seconds = 300, 1..=86_400, "Seconds for which a client may take nothing of what it is sent; over a WebSocket at most 30.";
    init_seconds = 10, 1..=300, "Seconds for a WebSocket's `connection_init`.";
    ping_seconds = 20, 1..=300, "Seconds between pings over a WebSocket. Who is silent for three is gone.";
    requests_per_second = 50, 1..=100_000, "Requests, and operations over WebSockets, that a token may make a second; in a burst, twice as many.";
    failed_sign_ins = 20, 1..=10_000, "Wrong tokens a minute of an address that are told so; the next are told to wait. A good one is let in all the same.";
    streams_per_token = 250, 1..=100_000, "WebSockets and event streams that a token may have open.";
    subscriptions_per_token = 500, 1..=100_000, "Subscriptions that a token may have open.";
    document_bytes = 65_536, 256..=1_048_576, "Bytes of a document.";
    document_tokens = 10_000, 100..=100_000, "Tokens of a document.";
    document_fields = 10_000, 100..=100_000, "Fields of a document, those of a fragment as often as it is spread.";
    document_depth = 20, 5..=50, "Fields in fields.";
    document_aliases = 100, 0..=100_000, "Aliases of a document, those of a fragment as often as it is spread.";
    document_directives = 50, 0..=100_000, "Directives of a document, those of a fragment as often as it is spread.";
    document_complexity = 25_000, 100..=1_000_000_000_000, "What a document costs: 1 a field, in a list as often as it may hold, and more for what is written down.";
}

impl Limits {
    /// A number of seconds.
    pub fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    /// A number of things or bytes in memory.
    pub fn size(number: u64) -> usize {
        usize::try_from(number).unwrap_or(usize::MAX)
    }
}

/// A field's name as the setting's.
fn setting(field: &str) -> String {
    field.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_default_is_in_its_range_and_each_limit_can_be_set() {
        let mut limits = Limits::default();
        for limit in Limits::all() {
            assert!(limit.range.contains(&limit.default), "{}", limit.name);
            assert!(limits.set(&limit.name, *limit.range.end()).is_ok());
            assert!(matches!(limits.set(&limit.name, limit.range.end() + 1), Err(LimitError::OutOfRange(..))));
        }
        assert_eq!(limits.document_aliases, 100_000);
        assert!(matches!(limits.set("document", 1), Err(LimitError::Unknown(..))));
    }
}
