//! Calls of Dropbox's routes: those that ask, and those that bring content.

use reqwest::{Method, header};
use serde_json::Value;
use url::Url;

use super::{
    account::Account,
    argument,
    failure::{self, Failure},
};
use crate::storage::{
    StorageError,
    http_client::{Http, Outgoing, Tries},
};

/// The routes of one account.
pub(super) struct Calls {
    pub(super) http: Http,
    pub(super) account: Account,
    pub(super) api: Url,
    pub(super) content: Url,
}

/// The attempts at one call.
pub(super) struct Attempts<'a> {
    calls: &'a Calls,
    tries: Tries,
    renewed: bool,
}

impl Calls {
    pub(super) fn attempts(&self) -> Attempts<'_> {
        Attempts { calls: self, tries: self.http.tries(), renewed: false }
    }

    /// Asks, again if need be.
    pub(super) async fn ask(&self, route: &str, argument: &Value) -> Result<Value, Failure> {
        let mut attempts = self.attempts();
        loop {
            match self.once(&self.api, route, argument, None).await {
                Ok(value) => return Ok(value),
                Err(failure) => attempts.after(failure).await?,
            }
        }
    }

    /// Brings content, once: what is to be sent after a failure depends on what arrived.
    pub(super) async fn bring(&self, route: &str, argument: &Value, body: Outgoing) -> Result<Value, Failure> {
        self.once(&self.content, route, argument, Some(body)).await
    }

    async fn once(&self, host: &Url, route: &str, argument: &Value, body: Option<Outgoing>) -> Result<Value, Failure> {
        let mut url = host.clone();
        url.set_path(&format!("{}/2/{route}", host.path().trim_end_matches('/')));
        let token = self.account.token().await?;
        let request = self.http.request(Method::POST, url).bearer_auth(token.expose());
        let request = match &body {
            None => request.json(argument),
            Some(_) => request
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .header("Dropbox-API-Arg", argument::ascii(argument)),
        };
        let answer = self.http.send(request, body).await?;
        if answer.status.is_success() {
            let wrong = |_| StorageError::Rejected("Dropbox answered something that is no JSON".into());
            return Ok(serde_json::from_slice(&answer.body).map_err(wrong)?);
        }
        let failure = failure::of(&answer);
        if matches!(failure, Failure::Expired) {
            self.account.forget(&token).await;
        }
        Err(failure)
    }
}

impl Attempts<'_> {
    /// Gets ready for another attempt after one that failed; gives the failure back when there is to be no other.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), Failure> {
        match failure {
            Failure::Expired if self.calls.account.renews() && !self.renewed => self.renewed = true,
            Failure::Refused(refusal) if refusal.is_for_now() => self.tries.after(refusal.into()).await?,
            Failure::Storage(error) => self.tries.after(error).await?,
            other => return Err(other),
        }
        Ok(())
    }
}
