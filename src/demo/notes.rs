//! Notes on accounts, short ones and pasted ones of many pages.

use chrono::{NaiveDate, TimeDelta};
use rusqlite::{Connection, Result, params};

use super::{accounts::Account, calendar, dice::Dice, hostile, prose, staff::User, vocabulary::Vocabulary};

const NOTES: i64 = 2_800;

/// Every so many notes, one is hostile.
const HOSTILE_EVERY: i64 = 19;

/// Every so many notes, one is long.
const LONG_EVERY: i64 = 15;

/// Fills `notes`.
pub(super) fn fill(db: &Connection, words: &Vocabulary, users: &[User], accounts: &[Account<'_>]) -> Result<()> {
    let mut dice = Dice::of("notes");
    for id in 1..=NOTES {
        let (Some(account), Some(author)) = (dice.pick_from(accounts), dice.pick_from(users)) else {
            break;
        };
        insert(db, &mut dice, words, account, author, id)?;
    }
    Ok(())
}

fn insert(
    db: &Connection,
    dice: &mut Dice,
    words: &Vocabulary,
    account: &Account<'_>,
    author: &User,
    id: i64,
) -> Result<()> {
    let day = calendar::day_between(dice, account.opened, account.last_day());
    let written = calendar::moment_of(dice, day);
    let edited = written + TimeDelta::minutes(dice.between(1, 9000));
    let title =
        dice.pick([None, None, Some(""), Some("Call"), Some("Contract, page 2"), Some("Ärger mit \"Brutus\" 🐕‍🦺")]);
    let body = match id {
        _ if id % HOSTILE_EVERY == 0 => hostile::nth(&hostile::TEXTS, id / HOSTILE_EVERY).to_owned(),
        _ if id % LONG_EVERY == 0 => {
            let size = usize::try_from(dice.between(5_000, 19_500)).unwrap_or_default();
            prose::paste(dice, words, account.country, written, size)
        }
        _ => short(dice, words, account, day),
    };
    db.prepare_cached(
        "INSERT INTO notes (id, account_id, author_id, is_pinned, title, body, created_at, edited_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id,
        account.id,
        author.id,
        dice.chance(5),
        title,
        body,
        calendar::utc(written),
        dice.maybe(20, edited).filter(|edited| *edited < calendar::now()).map(calendar::utc),
    ])?;
    Ok(())
}

fn short(dice: &mut Dice, words: &Vocabulary, account: &Account<'_>, day: NaiveDate) -> String {
    let length = dice.between(1, 5);
    let text = prose::paragraph(dice, &words.prose.internal, account.country, length);
    match dice.below(8) {
        0 => format!("- [x] called\n- [ ] sent letter\n- [ ] {text}"),
        1 => format!("date\twhat\twho\r\n{day}\t{text}\t\"me\"\r\n"),
        2 => format!("{text} 👩🏾‍🔧🔧"),
        3 => format!("\"{}\"\n{text}", dice.word(&account.country.says)),
        _ => text,
    }
}
