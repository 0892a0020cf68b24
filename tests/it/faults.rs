//! Sources that break off or lie. No real database does so on demand, so these are made up; everything behind them is real.

use std::sync::Arc;

use async_trait::async_trait;
use carryall::{
    export::{Failure, NamedSource, Order, PackError, Progress, pack},
    files::Draft,
    source::{
        Batch, Chunk, Column, Contents, FieldType, Lane, Part, Reader, RowError, Rows, Snapshot, Source, SourceError,
        Table, Visitor,
    },
};
use entity::data_export::FailureCode;

use crate::{app::PATIENCE, packed};

/// What a source does after some rows of its only table.
#[derive(Clone, Copy)]
enum Then {
    Counts(u64),
    BreaksOff,
    GoesOnForEver,
    /// Sends rows that cannot be taken apart, and then nothing for ever.
    HangsBehindNonsense,
}

/// Rows that cannot be taken apart.
struct Nonsense;

impl Rows for Nonsense {
    fn count(&self) -> usize {
        1
    }

    fn visit(&self, _: &mut dyn Visitor) -> Result<(), RowError> {
        Err(RowError { row: 0, column: 0, why: "it is nonsense".into() })
    }
}

struct Made(Then);

#[async_trait]
impl Source for Made {
    fn engine(&self) -> &'static str {
        "made"
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, SourceError> {
        Ok(Box::new(Self(self.0)))
    }
}

#[async_trait]
impl Snapshot for Made {
    fn server_version(&self) -> &str {
        "1"
    }

    async fn contents(&mut self) -> Result<Contents, SourceError> {
        let column = Column {
            name: "a".into(),
            native_type: "INTEGER".into(),
            field_type: FieldType::Integer,
            not_null: true,
            generated: false,
            collation: None,
        };
        let table = Table { name: "t".into(), columns: vec![column], ..Table::default() };
        Ok(Contents { tables: vec![table], ..Contents::default() })
    }

    async fn readers(self: Box<Self>, _: &[Table], _: usize) -> Result<Vec<Box<dyn Reader>>, SourceError> {
        Ok(vec![self])
    }
}

#[async_trait]
impl Reader for Made {
    async fn read(&mut self, _: &Table, _: Option<&Part>, to: &Lane) -> Result<(), SourceError> {
        let send = async || {
            let mut batch = Batch::new(1);
            for number in 0..100 {
                batch.push_integer(number);
                batch.end_row();
            }
            let bytes = batch.bytes();
            to.send(Chunk::Rows(Box::new(batch)), bytes).await
        };
        send().await?;
        match self.0 {
            Then::Counts(_) => Ok(()),
            Then::BreaksOff => Err(SourceError::Unreachable("the connection was cut".into())),
            Then::GoesOnForEver => loop {
                send().await?;
            },
            Then::HangsBehindNonsense => {
                // More than wait at the same time on any machine.
                for _ in 0..1000 {
                    to.send(Chunk::Rows(Box::new(Nonsense)), 1).await?;
                }
                std::future::pending().await
            }
        }
    }

    async fn count(&mut self, _: &Table) -> Result<u64, SourceError> {
        Ok(if let Then::Counts(rows) = self.0 { rows } else { 0 })
    }
}

fn order(then: Then) -> Order {
    packed::order(Arc::new([NamedSource::whole("made", Arc::new(Made(then)))]))
}

async fn rows(then: Then) -> Result<u64, PackError> {
    packed::packed(&order(then)).await.map(|archive| archive.packed.verified.rows)
}

#[tokio::test]
async fn rows_that_are_as_many_as_the_database_counts_are_packed() {
    assert_eq!(rows(Then::Counts(100)).await.unwrap(), 100);
}

#[tokio::test]
async fn rows_that_are_fewer_than_the_database_counts_fail_the_verification() {
    let error = rows(Then::Counts(101)).await.unwrap_err();
    let failure = Failure::from(&error);
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::VerificationFailed, Some("t")));
    assert!(failure.message.contains("101") && failure.message.contains("100"), "{}", failure.message);
}

#[tokio::test]
async fn a_source_that_breaks_off_in_a_table_makes_no_archive_and_is_named() {
    let error = rows(Then::BreaksOff).await.unwrap_err();
    let failure = Failure::from(&error);
    assert_eq!(failure.code, FailureCode::SourceUnreachable);
    assert!(failure.message.contains("made") && failure.message.contains("cut"), "{}", failure.message);
}

#[tokio::test]
async fn what_cannot_be_written_is_told_though_the_source_hangs() {
    let error = tokio::time::timeout(PATIENCE, rows(Then::HangsBehindNonsense)).await.unwrap().unwrap_err();
    let failure = Failure::from(&error);
    assert_eq!((failure.code, failure.table.as_deref()), (FailureCode::TableUnreadable, Some("t")));
    assert!(failure.message.contains("row 101, column a: it is nonsense"), "{}", failure.message);
}

#[tokio::test]
async fn a_packing_that_is_dropped_stops_writing_and_leaves_nothing_that_opens_as_a_zip() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zip");
    let draft = Draft::beside(&path).unwrap();
    let mut reopened = draft.reopen().unwrap();
    let endless = order(Then::GoesOnForEver);
    let progress = Arc::new(Progress::default());
    tokio::select! {
        _ = pack(&endless, &draft, &progress) => panic!("it has no end"),
        () = async { while progress.read().rows_done < 10_000 { tokio::task::yield_now().await } } => {}
    }
    drop(draft);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the draft is gone");
    // The writing thread holds the file until it has seen that it is to stop; then the length stays.
    let length = || reopened.metadata().unwrap().len();
    let mut before = length();
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        if length() == before {
            break;
        }
        before = length();
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut reopened, &mut bytes).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"PK\x05\x06"), "there is no end of a directory in it");
}
