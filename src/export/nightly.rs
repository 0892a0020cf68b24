//! The nightly export: asked for at midnight UTC, once a night whatever the clock does and however many processes there are.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    data_export::Trigger,
    data_export_settings::{self, Model as Settings},
    nightly_run,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};
use tracing::{info, warn};

use super::{
    CreateError, Engine, HOUR,
    queue::{Entry, PushError},
    schedule, settings,
};

/// Since when it looks as if the clock had been ahead.
#[derive(Debug, Default)]
pub(super) struct Nights(Mutex<Option<Duration>>);

impl Nights {
    /// Whether it has looked so without a break for an hour, `elapsed` being now.
    fn has_lasted(&self, looks_so: bool, elapsed: Duration) -> bool {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let began = looks_so.then(|| since.unwrap_or(elapsed));
        *since = began;
        began.is_some_and(|began| elapsed.saturating_sub(began) >= HOUR)
    }
}

impl Engine {
    /// Queues the nightly export if it is due.
    pub(super) async fn run_nightly(&self) -> Result<(), CreateError> {
        let now = self.parts.clock.now();
        let settings = self.put_right(settings::read(&self.parts.db).await?, now).await?;
        let since = settings.automatic_since.filter(|_| settings.automatic_exports);
        let Some(night) = since.and_then(|since| schedule::due(now, since)) else { return Ok(()) };
        if nightly_run::Entity::find_by_id(night).one(&self.parts.db).await?.is_some() {
            return Ok(());
        }
        let entry = Entry {
            name: format!("Automatic export of {night}"),
            trigger: Trigger::Automatic,
            format: settings.format,
            upload: settings.upload_automatic_exports,
            ..self.entry().await?
        };
        match self.queue.push_night(night, entry).await {
            Ok(export) => info!(id = %export.id, %night, "automatic export queued"),
            Err(PushError::Database(cause)) => return Err(cause.into()),
            // Another process was quicker.
            Err(PushError::There | PushError::Full) => {}
        }
        Ok(())
    }

    /// Forgets what was noted while the clock ran far ahead, so that the nights it named come to their exports. Only after it
    /// has looked so for an hour: it may be now that the clock is wrong.
    async fn put_right(&self, settings: Settings, now: DateTime<Utc>) -> Result<Settings, DbErr> {
        let db = &self.parts.db;
        let later = nightly_run::Entity::find().filter(nightly_run::Column::Night.gt(now.date_naive())).all(db).await?;
        let untimely = |night: &NaiveDate| schedule::is_untimely(schedule::midnight(*night), now);
        let ahead = later.into_iter().map(|row| row.night).filter(untimely).collect::<Vec<_>>();
        // Those who switched it on before this was noted did so at the latest now.
        let unknown = settings.automatic_exports && settings.automatic_since.is_none();
        let since_ahead = settings.automatic_since.is_some_and(|since| schedule::is_untimely(since, now));
        let lasting = self.nights.has_lasted(!ahead.is_empty() || since_ahead, self.parts.clock.elapsed());
        for night in ahead.into_iter().filter(|_| lasting) {
            warn!(%night, "the clock was set back: this night is still to come");
            nightly_run::Entity::delete_by_id(night).exec(db).await?;
        }
        if !(unknown || since_ahead && lasting) {
            return Ok(settings);
        }
        let since = data_export_settings::ActiveModel { automatic_since: Set(Some(now)), ..Default::default() };
        data_export_settings::Entity::update_many().set(since).exec(db).await?;
        Ok(Settings { automatic_since: Some(now), ..settings })
    }

    /// When the next nightly export will be, if they are on.
    pub fn next_run(&self, settings: &Settings) -> Option<DateTime<Utc>> {
        settings.automatic_exports.then(|| schedule::next(self.parts.clock.now()))
    }
}
