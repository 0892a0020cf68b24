//! The people at a customer's.

use rusqlite::{Connection, Result, params};

use super::{accounts::Account, calendar::days_ago, dice::Dice, hostile, vocabulary::Person};

/// Every so many contacts, one has a hostile name.
const HOSTILE_EVERY: i64 = 67;

/// A person at a customer's, as the other tables refer to them.
pub(super) struct Contact {
    pub(super) id: i64,
    pub(super) full_name: String,
}

/// Fills `contacts`; the result has a list for every account, in order.
pub(super) fn fill(db: &Connection, accounts: &[Account<'_>]) -> Result<Vec<Vec<Contact>>> {
    let mut dice = Dice::of("contacts");
    let mut ids = 1_i64..;
    let mut all = Vec::new();
    for account in accounts {
        let count = if account.company.is_some() { dice.between(1, 4) } else { dice.between(1, 2) };
        let mut contacts = Vec::new();
        for (nth, id) in (0..count).zip(ids.by_ref()) {
            contacts.push(insert(db, &mut dice, account, id, nth == 0)?);
        }
        all.push(contacts);
    }
    Ok(all)
}

fn insert(db: &Connection, dice: &mut Dice, account: &Account<'_>, id: i64, is_primary: bool) -> Result<Contact> {
    let person = draw(dice, account, id);
    let age = dice.between(18 * 366, 95 * 365);
    // Some are a department: no given name, no birthday.
    let is_person = account.company.is_none() || dice.chance(85);
    let department = dice.pick(["Accounts", "Front desk; 2nd floor", "Buchhaltung", "経理部", "\"Office\""]);
    let full_name = if is_person { person.full.clone() } else { department.to_owned() };
    db.prepare_cached(
        "INSERT INTO contacts (id, account_id, is_primary, full_name, given_name, family_name, job_title, email, phone,
             language, wants_newsletter, born_on) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        id,
        account.id,
        is_primary,
        full_name,
        is_person.then_some(&person.given),
        is_person.then_some(&person.family),
        job_title(dice, account),
        email(dice, &person, id),
        phone(dice),
        account.country.locale.split('-').next(),
        dice.pick([Some(true), Some(false), Some(false), None]),
        dice.maybe(60, days_ago(age).to_string()).filter(|_| is_person),
    ])?;
    Ok(Contact { id, full_name })
}

fn draw(dice: &mut Dice, account: &Account<'_>, id: i64) -> Person {
    if id % HOSTILE_EVERY != 0 {
        return account.country.person(dice);
    }
    let (given, family) = hostile::nth(&hostile::PEOPLE, id / HOSTILE_EVERY);
    Person { given: given.to_owned(), family: family.to_owned(), full: format!("{given} {family}") }
}

fn job_title(dice: &mut Dice, account: &Account<'_>) -> Option<&'static str> {
    let title = dice.pick([
        Some("Owner"),
        Some("Accounts, payable & receivable"),
        Some("IT; \"the computer person\""),
        Some("Geschäftsführerin"),
        Some(""),
        None,
    ]);
    title.filter(|_| account.company.is_some())
}

fn email(dice: &mut Dice, person: &Person, id: i64) -> Option<String> {
    let domain = dice.pick(["example.com", "example.net", "example.org"]);
    let plain = person.given.chars().all(|sign| sign.is_ascii_alphabetic());
    let local = match (plain, dice.below(20)) {
        (_, 0) => return None,
        (_, 1) => return Some(String::new()),
        (true, _) => format!("{}+isp{id}", person.given.to_lowercase()),
        // Addresses need not be in Latin letters.
        (false, 2) if person.given.chars().all(char::is_alphanumeric) => {
            format!("{}.{id}", person.given.to_lowercase())
        }
        (false, _) => format!("{}{id}", dice.pick(["home", "mail", "post", "casa", "office"])),
    };
    Some(format!("{local}@{domain}"))
}

/// Of the range 555-0100 to 555-0199, which belongs to nobody.
fn phone(dice: &mut Dice) -> Option<String> {
    let line = dice.below(100);
    match dice.below(10) {
        0 => None,
        1 => Some(String::new()),
        2 => Some(format!("(202) 555-01{line:02}")),
        3 => Some(format!("555-01{line:02} ext. 7; ask for \"Jo\"")),
        4 => Some(format!(" 20255501{line:02}")),
        _ => Some(format!("+1-202-555-01{line:02}")),
    }
}
