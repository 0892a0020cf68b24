//! What can be asked.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, connection::Connection};
use sea_orm::DatabaseConnection;
use uuid::Uuid;

use super::{
    api_token::ApiToken,
    audit_event::{self, AuditEvent},
    cost::{FEW, page_cost},
    data_export::DataExport,
    data_export_connection::{self, Page, TotalCount},
    data_export_settings::DataExportSettings,
    failure::Failure,
    guard,
    retention_decision::RetentionDecision,
    storage_location::StorageLocation,
    viewer::Viewer,
    worker::Worker,
};
use crate::{
    export::{Engine, settings},
    token,
};

/// What can be asked.
#[derive(Description)]
pub struct Query;

#[Object(use_type_description)]
impl Query {
    /// Who is asking.
    #[graphql(guard = "guard::viewer")]
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, Failure> {
        Ok(ctx.data::<Viewer>()?.clone())
    }

    /// One export; null if there is none with this id.
    #[graphql(guard = "guard::viewer")]
    async fn data_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The export's id.")] id: ID,
    ) -> Result<Option<DataExport>, Failure> {
        let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
        Ok(ctx.data::<Arc<Engine>>()?.in_history(id).await?.map(DataExport::alone))
    }

    /// The history, newest first. A page has 20 exports unless `first` or `last` says otherwise, and at most 100.
    #[graphql(
        guard = "guard::viewer",
        complexity = "page_cost(first.or(last).unwrap_or(data_export_connection::PAGE), child_complexity)"
    )]
    async fn data_exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many of the newest: 1 to 100. Not together with `last`.")] first: Option<i32>,
        #[graphql(desc = "The cursor of an export: only older ones are given.")] after: Option<String>,
        #[graphql(desc = "So many of the oldest: 1 to 100. Not together with `first`.")] last: Option<i32>,
        #[graphql(desc = "The cursor of an export: only newer ones are given.")] before: Option<String>,
    ) -> Result<Connection<String, DataExport, TotalCount>, Failure> {
        let db = ctx.data::<DatabaseConnection>()?;
        data_export_connection::connection(db, Page { first, after, last, before }).await
    }

    /// The settings of the instance.
    #[graphql(guard = "guard::viewer")]
    async fn data_export_settings(&self, ctx: &Context<'_>) -> Result<DataExportSettings, Failure> {
        Ok(DataExportSettings(settings::read(ctx.data::<DatabaseConnection>()?).await?))
    }

    /// The storages that exports are copied to, in the order in which they were configured.
    #[graphql(guard = "guard::operator", complexity = "page_cost(FEW, child_complexity)")]
    async fn storage_locations(&self, ctx: &Context<'_>) -> Result<Vec<StorageLocation>, Failure> {
        let locations = ctx.data::<Arc<Engine>>()?.locations().await?;
        Ok(locations.into_iter().map(StorageLocation).collect())
    }

    /// The processes that make exports, in the order in which they started.
    #[graphql(guard = "guard::operator", complexity = "page_cost(FEW, child_complexity)")]
    async fn workers(&self, ctx: &Context<'_>) -> Result<Vec<Worker>, Failure> {
        Ok(ctx.data::<Arc<Engine>>()?.workers().await?.into_iter().map(Worker).collect())
    }

    /// The tokens of the API, the newest first.
    #[graphql(guard = "guard::admin", complexity = "page_cost(FEW, child_complexity)")]
    async fn api_tokens(&self, ctx: &Context<'_>) -> Result<Vec<ApiToken>, Failure> {
        let tokens = token::all(ctx.data::<DatabaseConnection>()?).await?;
        Ok(tokens.into_iter().map(ApiToken).collect())
    }

    /// Who did what, the newest first. A page has 50 events unless `first` says otherwise, and at most 100.
    #[graphql(guard = "guard::admin", complexity = "page_cost(first, child_complexity)")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many events at most: 1 to 100.")] first: i32,
        #[graphql(desc = "The cursor of an event: only older ones are given.")] after: Option<String>,
    ) -> Result<Connection<String, AuditEvent, TotalCount>, Failure> {
        audit_event::connection(ctx.data::<DatabaseConnection>()?, first, after).await
    }

    /// What retention would decide now, or with another maximum, and why: over the completed exports on the instance, then
    /// over the copies at each storage, the newest first. Removes nothing.
    #[graphql(guard = "guard::viewer", complexity = "page_cost(*settings::MAXIMUM_EXPORTS.end(), child_complexity)")]
    async fn retention_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The maximum to decide by: 1 to 1000. Without it, that of the settings.")]
        maximum_exports: Option<i32>,
    ) -> Result<Vec<RetentionDecision>, Failure> {
        if maximum_exports.is_some_and(|maximum| !settings::MAXIMUM_EXPORTS.contains(&maximum)) {
            let (least, most) = settings::MAXIMUM_EXPORTS.into_inner();
            return Err(Failure::BadArgument(format!("`maximumExports` must be {least} to {most}.")));
        }
        let decisions = ctx.data::<Arc<Engine>>()?.decisions(maximum_exports).await?;
        Ok(decisions.into_iter().map(RetentionDecision).collect())
    }
}
