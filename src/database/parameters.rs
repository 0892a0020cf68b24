//! The parameters of an address of PostgreSQL. The driver passes over those that it does not know, and logs their values: a
//! connection that was to be verified would not be, and a password would be in the log. So they are refused before it sees them.

use url::Url;

/// What sqlx takes, but for `options[NAME]`.
const KNOWN: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// A parameter that the driver does not know. Its value is told nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownParameter {
    /// It has this name.
    #[error(
        "it has a parameter `{0}`, which is none of an address of PostgreSQL here: `sslmode` and `sslrootcert` are, say"
    )]
    Named(String),
    /// What stands there may be a part of a password.
    #[error(
        "it has a parameter that is none of an address of PostgreSQL; if a `?` belongs to the password, it is written %3F there"
    )]
    Unnamed,
}

/// Fails if `address` has a parameter that the driver would pass over.
pub fn ensure_known(address: &str) -> Result<(), UnknownParameter> {
    // What is no address the driver refuses.
    let Ok(url) = Url::parse(address) else { return Ok(()) };
    let option = |key: &str| key.starts_with("options[") && key.ends_with(']');
    let mut keys = url.query_pairs().map(|(key, _)| key.into_owned());
    let Some(unknown) = keys.find(|key| !KNOWN.contains(&&**key) && !option(key)) else { return Ok(()) };
    // Behind a password with a question mark in it, there comes an `@`.
    let whole = !url.query().unwrap_or_default().contains('@');
    let is_name = unknown.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'));
    Err(if whole && is_name { UnknownParameter::Named(unknown) } else { UnknownParameter::Unnamed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_would_be_passed_over_is_named_and_its_value_is_not() {
        let refused = |query: &str| ensure_known(&format!("postgres://u:p@h:1/d?{query}")).err();
        assert_eq!(refused("sslmode=verify-full&sslrootcert=/a.pem&options[search_path]=x&options=-c%20a%3Db"), None);
        for (query, name) in
            [("sslpassword=s3cret", "sslpassword"), ("sslmode=require&sslmod=x", "sslmod"), ("SSLMODE=x", "SSLMODE")]
        {
            assert_eq!(refused(query), Some(UnknownParameter::Named(name.into())), "{query}");
        }
        for query in ["options[a=x", "s3cret", "", "=s3cret"] {
            let said = refused(query).map(|why| why.to_string()).unwrap_or_default();
            assert!(!said.contains("s3cret"), "{said}");
        }
        // A password that is not written as it must be.
        for address in ["postgres://u:12?secret@h/d", "postgres://u:12?secret=x@h/d"] {
            assert_eq!(ensure_known(address), Err(UnknownParameter::Unnamed), "{address}");
        }
    }
}
