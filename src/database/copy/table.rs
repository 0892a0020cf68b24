//! One table of the state, whichever it is: counted, copied and compared, some rows at a time.

use std::marker::PhantomData;

use async_trait::async_trait;
use chrono::SubsecRound;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ColumnType, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, ExprTrait,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait, PaginatorTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
    sea_query::{Expr, SimpleExpr},
};

use super::CopyError;

/// So many rows are in memory at a time. Each has at most some fifty values, and a statement takes 65,535.
const BATCH: u64 = 500;
/// What stands for a character that PostgreSQL cannot keep.
const REPLACEMENT: &str = "\u{fffd}";

/// A table that is copied.
#[async_trait]
pub(super) trait Table: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The names of its columns, as far as they are copied.
    fn columns(&self) -> Vec<&'static str>;

    /// How many rows it has.
    async fn count(&self, db: &DatabaseTransaction) -> Result<u64, CopyError>;

    /// Removes all its rows.
    async fn clear(&self, db: &DatabaseTransaction) -> Result<(), CopyError>;

    /// Copies all its rows; returns in how many of its texts something had to be replaced.
    async fn copy(&self, from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<u64, CopyError>;

    /// Reads all its rows on both sides, and returns how many they are. Fails at the first value that is not the same.
    async fn compare(&self, from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<u64, CopyError>;
}

/// The table of this entity.
pub(super) struct Of<E>(pub(super) PhantomData<E>);

#[async_trait]
impl<E> Table for Of<E>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
    E::ActiveModel: Send,
{
    fn name(&self) -> &'static str {
        E::default().table_name()
    }

    fn columns(&self) -> Vec<&'static str> {
        E::Column::iter().map(|column| column.as_str()).collect()
    }

    async fn count(&self, db: &DatabaseTransaction) -> Result<u64, CopyError> {
        E::find().count(db).await.map_err(|cause| self.failed(cause))
    }

    async fn clear(&self, db: &DatabaseTransaction) -> Result<(), CopyError> {
        E::delete_many().exec(db).await.map(drop).map_err(|cause| self.failed(cause))
    }

    async fn copy(&self, from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<u64, CopyError> {
        let (mut last, mut replaced) = (None, 0);
        loop {
            let rows = self.page(from, last.as_ref()).await?;
            let Some(row) = rows.last() else { return Ok(replaced) };
            last = Some(row.clone());
            let mut kept = Vec::with_capacity(rows.len());
            for row in rows {
                let (row, texts) = as_kept(row).map_err(|cause| self.failed(cause))?;
                replaced += texts;
                kept.push(row.into_active_model().reset_all());
            }
            E::insert_many(kept).exec_without_returning(to).await.map_err(|cause| self.failed(cause))?;
        }
    }

    async fn compare(&self, from: &DatabaseTransaction, to: &DatabaseTransaction) -> Result<u64, CopyError> {
        let (mut last, mut compared) = (None, 0);
        loop {
            let (rows, copies) = (self.page(from, last.as_ref()).await?, self.page(to, last.as_ref()).await?);
            if rows.len() != copies.len() {
                return Err(CopyError::Count(
                    self.name(),
                    compared + rows.len() as u64,
                    compared + copies.len() as u64,
                ));
            }
            let Some(row) = rows.last() else { return Ok(compared) };
            last = Some(row.clone());
            compared += rows.len() as u64;
            for (row, copy) in rows.into_iter().zip(&copies) {
                let (row, _) = as_kept(row).map_err(|cause| self.failed(cause))?;
                if let Some(column) = E::Column::iter().find(|column| row.get(*column) != copy.get(*column)) {
                    return Err(CopyError::Differs(self.name(), column.as_str(), key::<E>(&row)));
                }
            }
        }
    }
}

impl<E: EntityTrait> Of<E> {
    /// The rows that come next, in the order of their keys, which is the same on both sides.
    async fn page(&self, db: &DatabaseTransaction, last: Option<&E::Model>) -> Result<Vec<E::Model>, CopyError> {
        let keys = || E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        let backend = db.get_database_backend();
        let mut page: Select<E> = E::find().limit(BATCH);
        for column in keys() {
            page = page.order_by_asc(ordered(column, backend));
        }
        if let Some(last) = last {
            let here = Expr::tuple(keys().map(|column| ordered(column, backend)));
            page = page.filter(here.gt(Expr::tuple(keys().map(|column| Expr::val(last.get(column))))));
            // The same once more, so that the index of the key is used whatever order its texts have there.
            page = page.filter(keys().take(1).fold(Expr::val(true), |_, first| first.gte(last.get(first))));
        }
        page.all(db).await.map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: sea_orm::DbErr) -> CopyError {
        CopyError::Table(E::default().table_name(), cause)
    }
}

/// A column of a key, as it is put in order: its texts byte by byte, as SQLite does. PostgreSQL would take a language's.
fn ordered<C: ColumnTrait>(column: C, backend: DbBackend) -> SimpleExpr {
    let text = matches!(column.def().get_column_type(), ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text);
    let expr = column.into_expr();
    if text && backend == DbBackend::Postgres { Expr::cust_with_expr("$1 COLLATE \"C\"", expr) } else { expr }
}

/// A row as PostgreSQL keeps it, and in how many of its texts that is something else. It keeps times to the microsecond, which
/// is no loss: ours are of whole milliseconds. It keeps no NUL in a text. There is none in what Carryall writes itself, but
/// there may be one in what a provider has answered.
fn as_kept<M: ModelTrait>(mut row: M) -> Result<(M, u64), sea_orm::DbErr> {
    let mut replaced = 0;
    for column in <M::Entity as EntityTrait>::Column::iter() {
        match row.get(column) {
            Value::String(Some(text)) if text.contains('\0') => {
                row.try_set(column, text.replace('\0', REPLACEMENT).into())?;
                replaced += 1;
            }
            Value::ChronoDateTimeUtc(Some(time)) if time != time.trunc_subsecs(6) => {
                row.try_set(column, time.trunc_subsecs(6).into())?;
            }
            _ => {}
        }
    }
    Ok((row, replaced))
}

/// The key of a row, as it is shown.
fn key<E: EntityTrait>(row: &E::Model) -> String {
    let values = E::PrimaryKey::iter().map(|key| match row.get(key.into_column()) {
        Value::Uuid(Some(id)) => id.to_string(),
        Value::String(Some(text)) => text,
        other => other.to_string(),
    });
    values.collect::<Vec<_>>().join(", ")
}
