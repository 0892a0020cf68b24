//! Customers.

use chrono::{NaiveDate, TimeDelta};
use rusqlite::{Connection, Result, params};
use serde_json::json;

use super::{
    calendar::{self, TODAY, days_ago},
    dice::Dice,
    hostile,
    vocabulary::{Country, Vocabulary},
};

const ACCOUNTS: i64 = 1_400;

/// Every so many accounts, one has a hostile name.
const HOSTILE_EVERY: i64 = 53;

/// A customer, as the other tables refer to them.
pub(super) struct Account<'a> {
    pub(super) id: i64,
    pub(super) country: &'a Country,
    /// The company's name; people have a contact instead.
    pub(super) company: Option<String>,
    pub(super) status: &'static str,
    pub(super) opened: NaiveDate,
    pub(super) closed: Option<NaiveDate>,
    pub(super) is_tax_exempt: bool,
}

impl Account<'_> {
    /// The last day on which anything happened here.
    pub(super) fn last_day(&self) -> NaiveDate {
        self.closed.unwrap_or(TODAY)
    }
}

/// Fills `accounts`; the balances come with the payments.
pub(super) fn fill<'a>(db: &Connection, words: &'a Vocabulary) -> Result<Vec<Account<'a>>> {
    let mut dice = Dice::of("accounts");
    let mut accounts = Vec::new();
    for id in 1..=ACCOUNTS {
        if let Some(country) = words.country(&mut dice) {
            let account = draw(&mut dice, id, country);
            insert(db, &mut dice, &account)?;
            accounts.push(account);
        }
    }
    Ok(accounts)
}

fn draw<'a>(dice: &mut Dice, id: i64, country: &'a Country) -> Account<'a> {
    let opened = days_ago(dice.between(0, 3600));
    let closes = calendar::day_between(dice, opened, TODAY);
    let closed = dice.maybe(9, closes).filter(|day| (*day - opened).num_days() > 30);
    let company = if id % HOSTILE_EVERY == 0 {
        Some(hostile::nth(&hostile::COMPANIES, id / HOSTILE_EVERY).to_owned())
    } else {
        let company = country.company(dice);
        dice.maybe(25, company)
    };
    Account {
        id,
        country,
        status: match closed {
            Some(_) => "closed",
            None if dice.chance(3) => "suspended",
            None => "active",
        },
        is_tax_exempt: company.is_some() && dice.chance(8),
        company,
        opened,
        closed,
    }
}

fn insert(db: &Connection, dice: &mut Dice, account: &Account<'_>) -> Result<()> {
    let country = account.country;
    let household = country.person(dice).full;
    let name = account.company.as_ref().unwrap_or(&household);
    let opened = calendar::moment_of(dice, account.opened);
    let referred_by = dice.between(1, account.id);
    db.prepare_cached(
        "INSERT INTO accounts (id, number, name, kind, status, country, currency, locale, tax_number, is_tax_exempt,
             referred_by, custom_fields, opened_at, closed_on)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        account.id,
        format!("{:06}", account.id * 7 + 13),
        name,
        if account.company.is_some() { "business" } else { "residential" },
        account.status,
        country.code,
        country.currency,
        country.locale,
        tax_number(dice, account),
        account.is_tax_exempt,
        dice.maybe(15, referred_by).filter(|other| *other < account.id),
        custom_fields(dice),
        country.local(opened),
        account.closed.map(|day| day.to_string()),
    ])?;
    Ok(())
}

/// Companies have one; of people it is not asked (nothing) or was left empty.
fn tax_number(dice: &mut Dice, account: &Account<'_>) -> Option<String> {
    match account.company {
        Some(_) => Some(format!("{}/{:09}", account.country.code, dice.below(999_999_999))),
        None => dice.maybe(30, String::new()),
    }
}

fn custom_fields(dice: &mut Dice) -> Option<String> {
    let since = days_ago(dice.between(0, 2000)) + TimeDelta::days(1);
    let fields = json!({
        "source": dice.pick(["web", "shop", "phone", "friend", "door-to-door"]),
        "vip": dice.chance(4),
        "since": since.to_string(),
        "score": dice.real(0, 1000, 10),
        "tags": dice.pick([&[][..], &["fibre"], &["late payer", "friendly"], &["ünïcödé", "🐕 at the door"]]),
        "ref,\"no\"": dice.maybe(20, "a;b\nc"),
    });
    dice.maybe(80, fields.to_string())
}
