//! The copies of exports: a row for each export at each storage, from the wish until the file there is deleted. What no row
//! tells of is not ours, and is never touched.

use sea_orm::entity::prelude::*;

/// The copy of one export at one storage.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// The export.
    #[sea_orm(primary_key, auto_increment = false)]
    pub data_export_id: Uuid,
    /// The storage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub storage_location_id: Uuid,
    /// Where it stands. Written by `export::upload::copies` alone.
    pub status: Status,
    /// The process that carries it: the fence, without which nothing is stored of what it does.
    pub worker: Option<Uuid>,
    /// What is kept to verify it by, as JSON. There is one as long as a whole copy is there, as far as is known.
    pub receipt: Option<String>,
    /// Bytes that the provider has taken.
    pub bytes_done: i64,
    /// How often it was tried since it was last asked for, or since its removal began.
    pub attempts: i32,
    /// It was tried at least once, so that parts of it may be there, which a removal removes.
    pub begun: bool,
    /// A whole file of it may be there: it arrived, or what became of a try is not known.
    pub may_be_there: bool,
    /// When it was last asked for: a day later it is given up.
    pub requested_at: DateTimeUtc,
    /// When it is tried next.
    pub next_try_at: Option<DateTimeUtc>,
    /// When it last arrived.
    pub uploaded_at: Option<DateTimeUtc>,
    /// When the provider last said that it is whole.
    pub verified_at: Option<DateTimeUtc>,
    /// Somebody wants it verified again.
    pub verify_due: bool,
    /// Why the last try failed.
    pub failure_code: Option<FailureCode>,
    /// The same in words.
    pub failure_message: Option<String>,
}

/// Where a copy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It waits for its next try.
    Pending,
    /// It is being carried.
    Uploading,
    /// It is there, and the provider has said that it is whole.
    Uploaded,
    /// It is given up.
    Failed,
    /// It is to be removed from there, and is tried until that is done.
    Deleting,
}

/// Why something failed at a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// What was configured cannot work.
    InvalidSettings,
    /// The credentials are refused, or allow too little.
    Unauthorized,
    /// The bucket or container is not there, or the file.
    NotFound,
    /// There is no room left.
    QuotaExceeded,
    /// It cannot be reached, or has a fault of its own.
    Unreachable,
    /// The host has another key than the one that was pinned.
    HostKeyChanged,
    /// The provider refuses it for a reason of its own.
    Rejected,
    /// What is there is not what was put.
    Damaged,
    /// There is no file of the export on the instance, or it is not what it was.
    FileUnavailable,
    /// The storage was switched off.
    SwitchedOff,
}

/// None is declared: both sides are asked for by their ids.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
