//! What can be asked.

use async_graphql::{Context, ID, Object, connection::Connection};
use entity::data_export::Entity;
use sea_orm::{DatabaseConnection, EntityTrait};
use uuid::Uuid;

use super::{
    data_export::DataExport,
    data_export_connection::{self, Page, TotalCount},
    data_export_settings::DataExportSettings,
    failure::Failure,
    viewer::Viewer,
};
use crate::export::settings;

/// What can be asked.
pub struct Query;

#[Object]
impl Query {
    /// Who is asking.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer, Failure> {
        Ok(ctx.data::<Viewer>()?.clone())
    }

    /// One export; null if there is none with this id.
    async fn data_export(&self, ctx: &Context<'_>, id: ID) -> Result<Option<DataExport>, Failure> {
        let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
        Ok(Entity::find_by_id(id).one(ctx.data::<DatabaseConnection>()?).await?.map(DataExport))
    }

    /// The history, newest first. A page has 20 exports unless `first` or `last` says otherwise, and at most 100.
    async fn data_exports(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<String, DataExport, TotalCount>, Failure> {
        let db = ctx.data::<DatabaseConnection>()?;
        data_export_connection::connection(db, Page { first, after, last, before }).await
    }

    /// The settings of the instance.
    async fn data_export_settings(&self, ctx: &Context<'_>) -> Result<DataExportSettings, Failure> {
        Ok(settings::read(ctx.data::<DatabaseConnection>()?).await?.into())
    }
}
