//! Signing in: Identity v2.0 takes a password or an API key, and gives a token and the catalogue of what there is where.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::{Rackspace, failure};
use crate::{
    secret::Secret,
    storage::{StorageError, http_client::Http},
};

/// Who signs in, and where.
pub(super) struct Identity {
    http: Http,
    pub(super) endpoint: Url,
    username: String,
    secret: Secret,
    region: String,
    held: Mutex<Option<Session>>,
}

/// What one got by signing in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) token: Secret,
    /// The account at the object store of the region.
    pub(super) account: Url,
}

/// What a secret is taken for.
#[derive(Clone, Copy)]
enum Kind {
    Password,
    ApiKey,
}

impl Identity {
    pub(super) fn new(settings: &Rackspace, http: &Http) -> Result<Self, StorageError> {
        let needed = |field: &'static str, text: &str| match text.trim() {
            "" => Err(StorageError::setting(field, "it is needed")),
            text => Ok(text.to_owned()),
        };
        let mut endpoint = http.address("identityEndpoint", &settings.identity_endpoint.0)?;
        let path = endpoint.path().trim_end_matches('/');
        let path = path.strip_suffix("/tokens").unwrap_or(path);
        let path = format!("{}/v2.0/tokens", path.strip_suffix("/v2.0").unwrap_or(path));
        endpoint.set_path(&path);
        if settings.password.expose().is_empty() {
            return Err(StorageError::setting("password", "the password or the API key is needed"));
        }
        Ok(Self {
            http: http.clone(),
            endpoint,
            username: needed("username", &settings.username)?,
            secret: settings.password.clone(),
            region: needed("region", &settings.region)?,
            held: Mutex::new(None),
        })
    }

    /// The session there is, or a new one.
    pub(super) async fn session(&self) -> Result<Session, StorageError> {
        // Held over the request: whoever comes meanwhile waits for this session instead of asking for another.
        let mut held = self.held.lock().await;
        if let Some(session) = held.as_ref() {
            return Ok(session.clone());
        }
        let mut tries = self.http.tries();
        loop {
            match self.sign_in().await {
                Ok(session) => return Ok(held.insert(session).clone()),
                Err(error) => tries.after(error).await?,
            }
        }
    }

    /// Forgets a token that is not taken any more, unless there is another already.
    pub(super) async fn forget(&self, token: &Secret) {
        self.held.lock().await.take_if(|session| session.token == *token);
    }

    /// A secret that looks like an API key is tried as one first, and each then as the other.
    async fn sign_in(&self) -> Result<Session, StorageError> {
        let secret = self.secret.expose();
        let is_key = secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kinds = if is_key { [Kind::ApiKey, Kind::Password] } else { [Kind::Password, Kind::ApiKey] };
        for kind in kinds {
            if let Some(access) = self.ask(kind).await? {
                return self.session_of(&access);
            }
        }
        Err(StorageError::Unauthorized(format!(
            "Rackspace does not let {} in: the secret is wrong, as a password and as an API key; \
             an account with multi-factor authentication needs its API key",
            self.username
        )))
    }

    /// None if the secret is refused.
    async fn ask(&self, kind: Kind) -> Result<Option<Value>, StorageError> {
        let (username, secret) = (&self.username, self.secret.expose());
        let credentials = match kind {
            Kind::Password => json!({"passwordCredentials": {"username": username, "password": secret}}),
            Kind::ApiKey => json!({"RAX-KSKEY:apiKeyCredentials": {"username": username, "apiKey": secret}}),
        };
        let request = self.http.request(Method::POST, self.endpoint.clone()).json(&json!({"auth": credentials}));
        let answer = self.http.send(request, None).await?;
        let wrong = |why: &str| StorageError::setting("identityEndpoint", why);
        match answer.status {
            StatusCode::UNAUTHORIZED => Ok(None),
            status if status.is_success() => match serde_json::from_slice::<Value>(&answer.body) {
                Ok(json) if json["access"]["token"]["id"].is_string() => Ok(Some(json)),
                _ => Err(wrong("what answers there is no Identity v2.0: it gives no token")),
            },
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                Err(wrong("there is no Identity v2.0 at this address"))
            }
            // A server that does not know one of the two kinds says that it does not understand.
            StatusCode::BAD_REQUEST if matches!(kind, Kind::ApiKey) => Ok(None),
            _ => Err(failure::of(&answer, "signing in")),
        }
    }

    /// The object store in the region, out of the catalogue.
    fn session_of(&self, json: &Value) -> Result<Session, StorageError> {
        let access = &json["access"];
        let services = access["serviceCatalog"].as_array().into_iter().flatten();
        let endpoints: Vec<_> = services
            .filter(|service| service["type"] == "object-store")
            .flat_map(|service| service["endpoints"].as_array().into_iter().flatten())
            .collect();
        let region = |endpoint: &Value| endpoint["region"].as_str().unwrap_or_default().to_owned();
        let Some(endpoint) = endpoints.iter().find(|endpoint| region(endpoint).eq_ignore_ascii_case(&self.region))
        else {
            if endpoints.is_empty() {
                let message =
                    format!("{} has no Cloud Files: there is no object store in the catalogue", self.username);
                return Err(StorageError::Unauthorized(message));
            }
            let regions = endpoints.iter().map(|endpoint| region(endpoint)).collect::<Vec<_>>().join(", ");
            let message = format!("there is no {}; there are: {regions}", self.region);
            return Err(StorageError::setting("region", message));
        };
        let what = "the object store's address in the catalogue";
        let account = self.http.address(what, endpoint["publicURL"].as_str().unwrap_or_default())?;
        if self.endpoint.scheme() == "https" && account.scheme() != "https" {
            return Err(StorageError::Rejected(format!("{what} is not encrypted: {}", account.scheme())));
        }
        let token = access["token"]["id"].as_str().unwrap_or_default();
        Ok(Session { token: Secret::new(token), account })
    }
}
