//! Trying everything that an upload needs. Never by listing: who may write may still not be allowed to list.

use std::fmt::Write as _;

use object_store::{ObjectStoreExt, PutPayload, path::Path};
use reqwest::Method;
use uuid::Uuid;

use super::{Bucket, answer::Failure, session::Session};
use crate::storage::{StepKind, Steps, StorageError};

/// What is written and read back.
const PROBE: &str = "Carryall tries whether it can write here. This file can be deleted.\n";

/// What is to be shown of a step.
type Tried = Result<((), Option<String>), StorageError>;

const NOTHING: ((), Option<String>) = ((), None);

/// Tries it; None at the first step that fails.
pub(super) async fn run(bucket: &Bucket, steps: &mut Steps<'_>) -> Option<()> {
    let key = bucket.folder.key(&format!("carryall-check-{}.txt", Uuid::new_v4().simple()));
    let (session, key) = match (bucket.session(), key) {
        (Ok(session), Ok(key)) => (session, key),
        (Err(error), _) | (_, Err(error)) => return steps.run(StepKind::Resolve, async { Err(error) }).await,
    };
    let resolve = async {
        let addresses = bucket.dial.resolve(bucket.provider.root()).await?;
        Ok(((), Some(shown(addresses.as_deref()))))
    };
    steps.run(StepKind::Resolve, resolve).await?;
    connect(&session, &key, steps).await?;
    steps.run(StepKind::SignIn, sign_in(&session, &key)).await?;
    let tried = try_object(&session, &key, steps).await;
    if tried.is_none() {
        // It may be there in spite of what was said. The step that failed is told.
        let _ = delete(&session, &key).await;
    }
    tried
}

async fn try_object(session: &Session, key: &Path, steps: &mut Steps<'_>) -> Option<()> {
    let write = async {
        let written = session.client.store.put(key, PutPayload::from_static(PROBE.as_bytes())).await;
        written.map(|_| NOTHING).map_err(|error| session.error(&error))
    };
    steps.run(StepKind::Write, write).await?;
    steps.run(StepKind::Read, read(session, key)).await?;
    steps.run(StepKind::Delete, delete(session, key)).await
}

/// Any answer at all shows that there is a connection; over TLS, that the certificate is trusted too.
async fn connect(session: &Session, key: &Path, steps: &mut Steps<'_>) -> Option<()> {
    let (start, tls) = (steps.begin(StepKind::Connect), session.provider.root().scheme() == "https");
    match session.ask_unsigned(key).await {
        Err(failure @ Failure::Untrusted(_)) => {
            steps.note(StepKind::Connect, start, Ok(NOTHING))?;
            steps.note(StepKind::Identify, start, Err(session.explain(failure)))
        }
        Ok(_) | Err(Failure::Answered(_)) => {
            steps.note(StepKind::Connect, start, Ok(NOTHING))?;
            if tls { steps.note(StepKind::Identify, start, Ok(NOTHING)) } else { Some(()) }
        }
        Err(failure) => steps.note(StepKind::Connect, start, Err(session.explain(failure))),
    }
}

/// Asks for what is not there. That it is not, or that reading is not allowed, is said only to somebody who is known.
async fn sign_in(session: &Session, key: &Path) -> Tried {
    match session.ask(Method::GET, Some(key), "").await {
        Ok(_) => Ok(NOTHING),
        Err(failure) if failure.is_refusal() && !failure.is_unknown_credentials() => Ok(NOTHING),
        Err(failure) => Err(session.explain(failure)),
    }
}

async fn read(session: &Session, key: &Path) -> Tried {
    let object = session.client.store.get(key).await.map_err(|error| session.error(&error))?;
    let bytes = object.bytes().await.map_err(|error| session.error(&error))?;
    if bytes != PROBE.as_bytes() {
        return Err(StorageError::Damaged("what was read back is not what was written".into()));
    }
    Ok(NOTHING)
}

async fn delete(session: &Session, key: &Path) -> Tried {
    let deleted = session.ask(Method::DELETE, Some(key), "").await;
    deleted.map(|_| NOTHING).map_err(|failure| session.explain(failure))
}

fn shown(addresses: Option<&[std::net::IpAddr]>) -> String {
    let Some(addresses) = addresses else { return "left to the proxy that the environment names".into() };
    let mut shown = String::new();
    for address in addresses.iter().take(4) {
        let _ = write!(shown, "{}{address}", if shown.is_empty() { "" } else { ", " });
    }
    shown
}
