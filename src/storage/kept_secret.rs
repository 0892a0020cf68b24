//! Settings that are changed without entering their secrets again: one that is left empty is the one that is set.
//!
//! Whoever changes the settings need not know the secrets, and shall not get at them that way: a secret stays only if nothing is
//! changed of where it goes and as whom it is used. Else it could be had sent to a server of one's own, or used for another
//! account. What is merely done with it, such as in which bucket or folder, can be changed.

use crate::secret::Secret;

/// A secret among the settings of a storage.
pub(super) struct SecretSetting<'a> {
    /// Its name in the API.
    name: &'static str,
    /// The secret itself; None if it was left out.
    secret: Option<&'a mut Secret>,
    /// All that decides where it goes and as whom it is used.
    used: Vec<String>,
    /// Whether nothing works without it.
    needed: bool,
}

impl<'a> SecretSetting<'a> {
    /// One that the provider cannot do without.
    pub fn needed<const N: usize>(name: &'static str, secret: &'a mut Secret, used: [&str; N]) -> Self {
        Self { name, secret: Some(secret), used: used.map(str::to_owned).into(), needed: true }
    }

    /// One that is needed with some settings, and not with others.
    pub fn perhaps<const N: usize>(name: &'static str, secret: &'a mut Option<Secret>, used: [&str; N]) -> Self {
        Self { name, secret: secret.as_mut(), used: used.map(str::to_owned).into(), needed: false }
    }

    fn is_empty(&self) -> bool {
        self.secret.as_ref().is_none_or(|secret| secret.expose().is_empty())
    }
}

/// What the settings of every provider say of their secrets.
pub(super) trait Secrets {
    /// All of them. It takes the settings apart without leaving one out, so that whoever adds one must say here what it is.
    fn secrets(&mut self) -> Vec<SecretSetting<'_>>;
}

/// A secret was left empty which cannot stay what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Enter it again: there is none that could be kept, or with these settings it would go to another place, or be used as \
     somebody else."
)]
pub struct SecretNeeded {
    /// The setting's name in the API.
    pub field: &'static str,
}

/// Puts those that are set `before` in the places of those that are empty `now`.
pub(super) fn keep(now: Vec<SecretSetting<'_>>, before: &[SecretSetting<'_>]) -> Result<(), SecretNeeded> {
    for setting in now {
        let Some(empty) = setting.secret.filter(|secret| secret.expose().is_empty()) else { continue };
        let held = before.iter().find(|held| held.name == setting.name && !held.is_empty());
        match held.and_then(|held| Some((held.secret.as_deref()?, &held.used))) {
            Some((secret, used)) if *used == setting.used => *empty = secret.clone(),
            // There was none, so that none stays.
            None if !setting.needed => {}
            _ => return Err(SecretNeeded { field: setting.name }),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{super::Config, SecretNeeded};

    fn config(provider: &str, settings: &Value) -> Config {
        serde_json::from_value(json!({provider: settings})).unwrap()
    }

    /// What comes of settings that replace others.
    fn kept(provider: &str, now: &Value, before: &Value) -> Result<Value, &'static str> {
        let kept = config(provider, now).with_secrets_of(&config(provider, before));
        kept.map(|kept| serde_json::to_value(kept).unwrap()[provider].clone()).map_err(|SecretNeeded { field }| field)
    }

    fn with(settings: &Value, field: &str, value: Value) -> Value {
        let mut settings = settings.clone();
        settings[field] = value;
        settings
    }

    /// Each provider with one secret: which that is, and the settings without which it does not stay.
    fn all() -> Vec<(&'static str, Value, &'static str, &'static [&'static str])> {
        let s3 =
            json!({"key": "k", "secret": "set", "region": "r", "apiVersion": "latest", "bucket": "b", "basePath": "f"});
        let space = with(&s3, "endpoint", json!("https://e"));
        let azure = json!({"accountName": "a", "accountKey": "set", "container": "c", "basePath": "f"});
        let google = json!({"projectId": "p", "keyFile": "set", "bucket": "b", "basePath": "f"});
        let rackspace = json!({"identityEndpoint": "https://e", "username": "u", "password": "set", "region": "DFW",
            "container": "c", "basePath": "f"});
        let sftp = json!({"host": "h", "port": 22, "username": "u", "password": "set", "basePath": "f",
            "hostKeyFingerprint": "SHA256:x"});
        vec![
            ("amazonS3", s3, "secret", &["key", "region"]),
            ("azureBlob", azure, "accountKey", &["accountName"]),
            ("digitaloceanSpaces", space.clone(), "secret", &["key", "endpoint"]),
            ("googleCloudStorage", google, "keyFile", &[]),
            ("rackspace", rackspace, "password", &["identityEndpoint", "username"]),
            ("scaleway", space, "secret", &["key", "endpoint"]),
            ("sftp", sftp, "password", &["host", "port", "username", "hostKeyFingerprint"]),
        ]
    }

    #[test]
    fn an_empty_secret_stays_what_it_is_unless_it_would_go_elsewhere_or_be_used_as_somebody_else() {
        for (provider, before, secret, deciding) in all() {
            let empty = with(&before, secret, json!(""));
            assert_eq!(kept(provider, &empty, &before), Ok(before.clone()), "{provider}");
            for field in before.as_object().unwrap().keys().filter(|field| *field != secret) {
                let other = if field == "port" { json!(23) } else { json!("other") };
                let expected = match deciding.contains(&field.as_str()) {
                    true => Err(secret),
                    false => Ok(with(&before, field, other.clone())),
                };
                assert_eq!(kept(provider, &with(&empty, field, other), &before), expected, "{provider} {field}");
            }
            // One that is given is taken, whatever else is changed.
            let given = with(&with(&before, secret, json!("new")), "basePath", json!("other"));
            assert_eq!(kept(provider, &given, &before), Ok(given), "{provider}");
        }
    }

    #[test]
    fn an_empty_secret_is_none_of_another_provider() {
        for (provider, settings, secret, _) in all() {
            let empty = config(provider, &with(&settings, secret, json!("")));
            for (other, settings, ..) in all().into_iter().filter(|(other, ..)| *other != provider) {
                let kept = empty.clone().with_secrets_of(&config(other, &settings));
                assert_eq!(kept, Err(SecretNeeded { field: secret }), "{provider} {other}");
            }
        }
    }

    #[test]
    fn of_dropbox_what_is_empty_stays_and_what_is_left_out_goes() {
        let refreshed = json!({"refreshToken": "r", "appKey": "a", "appSecret": "s", "basePath": "f"});
        let lasting = json!({"authorizationToken": "t", "basePath": "f"});
        let tokens = |kept: Result<Value, &'static str>| {
            let text = |kept: &Value, field: &str| kept[field].as_str().unwrap_or_default().to_owned();
            kept.map(|kept| ["refreshToken", "appSecret", "authorizationToken"].map(|field| text(&kept, field)))
        };
        let three = |texts: [&str; 3]| Ok(texts.map(str::to_owned));
        for (before, now, expected) in [
            (
                &refreshed,
                json!({"refreshToken": "", "appKey": "a", "appSecret": "", "basePath": "g"}),
                three(["r", "s", ""]),
            ),
            (&refreshed, json!({"refreshToken": "", "appKey": "a"}), three(["r", "", ""])),
            (&refreshed, json!({"refreshToken": "q", "appKey": "a", "appSecret": ""}), three(["q", "s", ""])),
            // Those of one app are of no use to another.
            (&refreshed, json!({"refreshToken": "", "appKey": "b"}), Err("refreshToken")),
            (&refreshed, json!({"refreshToken": "q", "appKey": "b", "appSecret": ""}), Err("appSecret")),
            (&refreshed, json!({"refreshToken": "q", "appKey": "b", "appSecret": "z"}), three(["q", "z", ""])),
            // To an access token and back, whether what is not needed is left out or empty.
            (&refreshed, json!({"authorizationToken": "t"}), three(["", "", "t"])),
            (
                &refreshed,
                json!({"authorizationToken": "t", "refreshToken": "", "appKey": "", "appSecret": ""}),
                three(["", "", "t"]),
            ),
            (&lasting, json!({"authorizationToken": "", "basePath": "g"}), three(["", "", "t"])),
            (&lasting, json!({"refreshToken": "q", "appKey": "a", "appSecret": ""}), three(["q", "", ""])),
            (&lasting, json!({"refreshToken": "q", "appKey": "a", "authorizationToken": ""}), three(["q", "", "t"])),
            (&lasting, json!({}), three(["", "", ""])),
        ] {
            assert_eq!(tokens(kept("dropbox", &now, before)), expected, "{now}");
        }
    }
}
