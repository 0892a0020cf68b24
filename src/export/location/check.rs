//! Trying a storage out: everything that an upload needs, step by step.

use std::sync::Arc;

use uuid::Uuid;

use super::{LocationError, Opened};
use crate::{
    audit::{self, Action, Actor, Event},
    export::{Engine, upload::CopyFailure},
    storage::{self, Config, Storage, StorageError},
};

/// What trying a storage out has shown.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was tried, one after the other, up to the first that failed.
    pub steps: Vec<Step>,
    /// The key of the host, where hosts have none that others vouch for.
    pub host_key: Option<String>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was tried.
    pub kind: storage::StepKind,
    /// Why it failed; None if it did not.
    pub failure: Option<CopyFailure>,
    /// What is to be shown of it, such as the addresses of a host.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

impl Checked {
    /// Whether everything worked.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.failure.is_none())
    }
}

impl Engine {
    /// Tries out a storage that is configured. What it shows is noted with it.
    pub async fn check_location(self: &Arc<Self>, id: Uuid, by: Actor<'_>) -> Result<Checked, LocationError> {
        let location = self.location(id).await?.ok_or(LocationError::NotFound)?;
        let event = Event { detail: Some(location.told()), ..by.did(Action::TestedStorage, id) };
        self.check(location.config, Some(id), event).await
    }

    /// Tries out settings that are not kept.
    pub async fn check_config(self: &Arc<Self>, config: Config, by: Actor<'_>) -> Result<Checked, LocationError> {
        // Where it is: nothing else tells of it.
        let detail = Some(format!("settings that are not kept: {}", config.place()));
        let (actor, actor_id, action) = (by.name, by.token, Action::TestedStorage);
        let event = Event { actor, actor_id, action, subject: None, detail };
        self.check(config, None, event).await
    }

    async fn check(
        self: &Arc<Self>,
        config: Config,
        id: Option<Uuid>,
        event: Event<'_>,
    ) -> Result<Checked, LocationError> {
        self.ensure_usable(&config)?;
        // Before it is tried: that takes minutes, and can pin the key of a host.
        audit::record(&self.parts.db, event, self.parts.clock.now()).await?;
        let engine = Arc::clone(self);
        // In a task of its own: it removes what it wrote even if the client does not wait for it.
        let checked = tokio::spawn(async move {
            // A few at a time: one that cannot be reached takes a minute, and hundreds of them could be asked for.
            let _turn = engine.checks.acquire().await;
            let opened = match id {
                Some(id) => engine.open_storage(id).await?,
                None => Opened::unsaved(&config, &engine.parts.network),
            };
            let Ok(storage) = &opened.storage else { return Err(LocationError::NotFound) };
            let steps = storage.check().await;
            let host_key = host_key(&**storage, &config, &steps);
            if id.is_some() {
                engine.note_check(&opened, &steps).await;
            }
            Ok(Checked { host_key, steps: steps.into_iter().map(told).collect() })
        });
        checked.await.unwrap_or_else(|_| Ok(Checked { steps: vec![panicked()], host_key: None }))
    }

    async fn note_check(&self, opened: &Opened, steps: &[storage::Step]) {
        self.keep_pin(opened).await;
        match steps.iter().find_map(|step| step.error.as_ref()) {
            None => self.worked_at(opened, false).await,
            Some(error) => self.failed_at(opened, &CopyFailure::from(error)).await,
        }
    }
}

/// The key that the host has shown: the one that is to be pinned, or the one that was expected of it.
fn host_key(storage: &dyn Storage, config: &Config, steps: &[storage::Step]) -> Option<String> {
    let identified = steps.iter().any(|step| step.kind == storage::StepKind::Identify && step.error.is_none());
    let expected = || if identified { config.host_key().map(str::to_owned) } else { None };
    storage.to_pin().or_else(expected)
}

fn told(step: storage::Step) -> Step {
    let failure = step.error.as_ref().map(|error: &StorageError| CopyFailure::from(error));
    Step { kind: step.kind, failure, detail: step.detail, millis: step.millis }
}

fn panicked() -> Step {
    Step { kind: storage::StepKind::Connect, failure: Some(CopyFailure::panicked()), detail: None, millis: 0 }
}
