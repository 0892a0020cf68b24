//! The history in pages, as the Relay cursor connections specification has them
//! (<https://relay.dev/graphql/connections.htm>): newest first, a cursor being an export's id.

use async_graphql::{
    SimpleObject,
    connection::{Connection, Edge},
};
use entity::data_export::{Column, Entity, Model, State};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{data_export::DataExport, failure::Failure};

/// Entries of a page when the client does not say.
pub(super) const PAGE: i32 = 20;
/// Most entries of a page.
const PAGE_MAXIMUM: i32 = 100;

/// What a connection says beside its page.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct TotalCount {
    /// How many there are in all pages.
    total_count: i32,
}

impl TotalCount {
    pub(super) fn new(count: u64) -> Self {
        Self { total_count: count.try_into().unwrap_or(i32::MAX) }
    }
}

/// Which page is asked for.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

/// A page of the history.
pub(super) async fn connection(
    db: &DatabaseConnection,
    page: Page,
) -> Result<Connection<String, DataExport, TotalCount>, Failure> {
    let (size, from_end) = match (page.first, page.last) {
        (Some(_), Some(_)) => return Err(Failure::BadArgument("Give `first` or `last`, not both.".into())),
        (None, Some(last)) => (page_size("last", last)?, true),
        (first, None) => (page_size("first", first.unwrap_or(PAGE))?, false),
    };
    let mut between = in_history();
    let (after, before) = (page.after.is_some(), page.before.is_some());
    if let Some(after) = page.after {
        between = between.add(Column::Id.lt(cursor("after", &after)?));
    }
    if let Some(before) = page.before {
        between = between.add(Column::Id.gt(cursor("before", &before)?));
    }
    let found = Entity::find().filter(between);
    let found = if from_end { found.order_by_asc(Column::Id) } else { found.order_by_desc(Column::Id) };
    // One more than is shown tells whether there are others behind.
    let mut rows = found.limit(size + 1).all(db).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    if from_end {
        rows.reverse();
    }
    let (newer, older) = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => {
            // Beyond the end that the page begins at there are others only if it begins at a cursor.
            let (newer, older) = (in_history().add(Column::Id.gt(first.id)), in_history().add(Column::Id.lt(last.id)));
            (
                (from_end && more) || (after && any(db, newer).await?),
                (!from_end && more) || (before && any(db, older).await?),
            )
        }
        _ => (false, false),
    };
    let mut connection = Connection::with_additional_fields(newer, older, TotalCount::new(count(db).await?));
    connection.edges.extend(DataExport::page(rows).map(|export| Edge::new(export.key().to_string(), export)));
    Ok(connection)
}

/// The newest completed export in the history that is older than this one.
pub(super) async fn completed_before(db: &DatabaseConnection, id: Uuid) -> Result<Option<Model>, DbErr> {
    let older = in_history().add(Column::State.eq(State::Completed)).add(Column::Id.lt(id));
    Entity::find().filter(older).order_by_desc(Column::Id).one(db).await
}

/// How many there are in all: all rows, but the few on their way out. SQLite knows the first without looking at each.
async fn count(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let number = |some: Select<Entity>| some.select_only().column_as(Expr::cust("COUNT(*)"), "number").into_tuple();
    let all: Option<i64> = number(Entity::find()).one(db).await?;
    let going: Option<i64> = number(Entity::find().filter(Column::Removing.eq(true))).one(db).await?;
    Ok(all.zip(going).and_then(|(all, going)| u64::try_from(all - going).ok()).unwrap_or(0))
}

/// What is on its way out is no longer shown.
fn in_history() -> Condition {
    Condition::all().add(Column::Removing.eq(false))
}

/// The size of a page, if it is one that is served.
pub(super) fn page_size(argument: &str, size: i32) -> Result<u64, Failure> {
    let allowed = (1..=PAGE_MAXIMUM).contains(&size).then_some(size);
    allowed
        .and_then(|size| u64::try_from(size).ok())
        .ok_or_else(|| Failure::BadArgument(format!("`{argument}` must be 1 to {PAGE_MAXIMUM}.")))
}

/// The answer to a cursor that no page has shown.
pub(super) fn unusable_cursor(argument: &str) -> Failure {
    Failure::BadArgument(format!("`{argument}` must be a cursor from an earlier page."))
}

fn cursor(argument: &str, cursor: &str) -> Result<Uuid, Failure> {
    cursor.parse().map_err(|_| unusable_cursor(argument))
}

async fn any(db: &DatabaseConnection, condition: Condition) -> Result<bool, DbErr> {
    Ok(Entity::find().filter(condition).limit(1).count(db).await? > 0)
}
