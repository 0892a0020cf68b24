//! Access tokens: one that lasts, or short-lived ones that are had for a refresh token.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use super::{Dropbox, failure};
use crate::{
    secret::Secret,
    storage::{StorageError, http_client::Http},
};

/// How long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_secs(300);

/// What tokens are had by.
enum Credentials {
    Token(Secret),
    Refresh { token: Secret, app_key: String, app_secret: Option<Secret> },
}

/// The access to one account.
pub(super) struct Account {
    http: Http,
    token_url: Url,
    credentials: Credentials,
    held: Mutex<Option<(Secret, Instant)>>,
}

impl Account {
    pub(super) fn new(settings: &Dropbox, http: &Http, token_url: Url) -> Result<Self, StorageError> {
        Ok(Self { http: http.clone(), token_url, credentials: credentials(settings)?, held: Mutex::new(None) })
    }

    /// Whether there is another token when one has expired.
    pub(super) fn renews(&self) -> bool {
        matches!(self.credentials, Credentials::Refresh { .. })
    }

    /// A token that is not about to expire, as far as is known.
    pub(super) async fn token(&self) -> Result<Secret, StorageError> {
        let Credentials::Refresh { token, app_key, app_secret } = &self.credentials else {
            return Ok(self.lasting());
        };
        // Held over the request: whoever comes meanwhile waits for this token instead of asking for another.
        let mut held = self.held.lock().await;
        if let Some((token, _)) = held.as_ref().filter(|(_, end)| Instant::now() < *end) {
            return Ok(token.clone());
        }
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token.expose()), ("client_id", app_key)];
        form.extend(app_secret.as_ref().map(|secret| ("client_secret", secret.expose())));
        let mut tries = self.http.tries();
        loop {
            match self.ask(&form).await {
                Ok((token, life)) => {
                    // One that lasts no longer than the margin is used for the half of its life.
                    let life = life.checked_sub(MARGIN).filter(|rest| !rest.is_zero()).unwrap_or(life / 2);
                    *held = Some((token.clone(), Instant::now() + life));
                    return Ok(token);
                }
                Err(error) => tries.after(error).await?,
            }
        }
    }

    /// Forgets `token`, which Dropbox says has expired, unless it was renewed meanwhile.
    pub(super) async fn forget(&self, token: &Secret) {
        let mut held = self.held.lock().await;
        held.take_if(|(held, _)| held == token);
    }

    fn lasting(&self) -> Secret {
        match &self.credentials {
            Credentials::Token(token) | Credentials::Refresh { token, .. } => token.clone(),
        }
    }

    async fn ask(&self, form: &[(&str, &str)]) -> Result<(Secret, Duration), StorageError> {
        let request = self.http.request(Method::POST, self.token_url.clone()).form(form);
        let answer = self.http.send(request, None).await?;
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        if !answer.status.is_success() {
            // Such as "invalid_client: Invalid client_id or client_secret".
            let kind = json["error"].as_str().and_then(|error| error.split(':').next());
            let known = kind.filter(|kind| matches!(*kind, "invalid_grant" | "invalid_client"));
            return Err(known.map_or_else(|| failure::of(&answer).into(), failure::unauthorized));
        }
        let life = json["expires_in"].as_u64().unwrap_or(0);
        match json["access_token"].as_str() {
            Some(token) => Ok((Secret::new(token), Duration::from_secs(life))),
            None => Err(StorageError::Rejected("Dropbox gave no access token".into())),
        }
    }
}

/// A refresh token goes before an access token: whoever has both got the former because the latter expires.
fn credentials(settings: &Dropbox) -> Result<Credentials, StorageError> {
    let wrong = |field: &'static str, text: &str| Err(StorageError::setting(field, text));
    let given = |secret: &Option<Secret>| secret.clone().filter(|secret| !secret.expose().trim().is_empty());
    let app_key = settings.app_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
    match (given(&settings.refresh_token), app_key, given(&settings.authorization_token)) {
        (Some(token), Some(app_key), _) => {
            let token = Secret::new(token.expose().trim());
            Ok(Credentials::Refresh { token, app_key: app_key.into(), app_secret: given(&settings.app_secret) })
        }
        (Some(_), None, _) => wrong("appKey", "a refresh token is of use only with the key of its app"),
        (None, _, Some(token)) => {
            let token = token.expose().trim();
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return wrong("authorizationToken", "it may hold only letters, digits and signs");
            }
            Ok(Credentials::Token(Secret::new(token)))
        }
        (None, ..) => wrong("refreshToken", "it is needed, together with appKey; or else authorizationToken"),
    }
}
