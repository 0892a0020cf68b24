//! Who did what, as admins see it; and how the API notes it.

use std::sync::Arc;

use async_graphql::{
    Context, ID, SimpleObject,
    connection::{Connection, Edge},
};
use chrono::{DateTime, Utc};
use entity::audit_event::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{
    audit_action::AuditAction,
    data_export_connection::{TotalCount, page_size, unusable_cursor},
    failure::Failure,
    noted::{NOTED_MAXIMUM, Noted},
    viewer::Viewer,
};
use crate::{
    audit::{self, Action, Event},
    export::Engine,
};

/// Something that somebody did. It is kept for a year, and holds no secret.
#[derive(Clone, Debug, SimpleObject)]
pub struct AuditEvent {
    /// Its id.
    id: ID,
    /// When it was done.
    at: DateTime<Utc>,
    /// The name of the token whose holder did it.
    actor: String,
    /// The id of that token; null for what was done by a link or by the command line.
    actor_id: Option<ID>,
    /// What was done.
    action: AuditAction,
    /// What it was done to: the id of an export, a storage or a token, or `settings`; null for settings that are tried
    /// out and are of no storage.
    subject: Option<String>,
    /// What is worth knowing of it, such as a name, in words for people; null if there is nothing.
    detail: Option<String>,
}

impl From<Model> for AuditEvent {
    fn from(row: Model) -> Self {
        let Model { id, at, actor, actor_id, action, subject, detail } = row;
        Self {
            id: id.into(),
            at,
            actor,
            actor_id: actor_id.map(Into::into),
            action: AuditAction::named(&action),
            subject,
            detail,
        }
    }
}

/// What was done, the newest first; a cursor is an event's id.
pub(super) async fn connection(
    db: &DatabaseConnection,
    first: i32,
    after: Option<String>,
) -> Result<Connection<String, AuditEvent, TotalCount>, Failure> {
    let size = page_size("first", first)?;
    let after = after.map(|cursor| cursor.parse::<Uuid>().map_err(|_| unusable_cursor("after"))).transpose()?;
    let total = Entity::find().count(db).await?;
    let page = Entity::find().order_by_desc(Column::Id);
    let page = if let Some(after) = after { page.filter(Column::Id.lt(after)) } else { page };
    let mut rows = page.limit(size + 1).all(db).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(size.try_into().unwrap_or(usize::MAX));
    let mut connection = Connection::with_additional_fields(after.is_some(), more, TotalCount::new(total));
    connection.edges.extend(rows.into_iter().map(|row| Edge::new(row.id.to_string(), row.into())));
    Ok(connection)
}

/// Notes that the viewer gets what must not be had unseen, before it is given: once for a request, however often that asks
/// for the same.
pub(super) async fn note(
    ctx: &Context<'_>,
    action: Action,
    subject: Uuid,
    detail: Option<String>,
) -> Result<(), Failure> {
    let mut noted = ctx.data::<Noted>()?.0.lock().await;
    let this = (action, subject.to_string(), detail.clone());
    if noted.contains(&this) {
        return Ok(());
    }
    if noted.len() >= NOTED_MAXIMUM {
        let message = format!("One request is given at most {NOTED_MAXIMUM} passwords and links.");
        return Err(Failure::BadArgument(message));
    }
    note_in(ctx.data::<DatabaseConnection>()?, ctx, action, subject, detail).await?;
    noted.insert(this);
    Ok(())
}

/// Notes what the viewer does in a transaction.
pub(super) async fn note_in(
    db: &impl ConnectionTrait,
    ctx: &Context<'_>,
    action: Action,
    subject: Uuid,
    detail: Option<String>,
) -> Result<(), Failure> {
    let event = Event { detail, ..ctx.data::<Viewer>()?.actor().did(action, subject) };
    Ok(audit::record(db, event, ctx.data::<Arc<Engine>>()?.now()).await?)
}
