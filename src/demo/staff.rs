//! Roles, users and who has which role.

use chrono::{NaiveDateTime, TimeDelta};
use rusqlite::{Connection, Result, params};
use serde_json::json;

use super::{
    calendar::{self, days_ago},
    dice::Dice,
    vocabulary::Vocabulary,
};

const USERS: i64 = 44;

/// Name, description, whether it may do everything.
const ROLES: [(&str, Option<&str>, bool); 8] = [
    ("owner", Some("May do everything, even delete accounts"), true),
    ("administrator", Some("Settings, users, exports"), true),
    ("billing", Some("Invoices, payments & refunds"), false),
    ("support", Some("Tickets; reads accounts"), false),
    ("network", Some("Plans, services, \"usage\""), false),
    ("sales", Some(""), false),
    ("auditor", Some("Reads everything,\nchanges nothing"), false),
    ("trainee", None, false),
];

/// A member of staff, as the other tables refer to them.
pub(super) struct User {
    pub(super) id: i64,
    pub(super) full_name: String,
}

/// Fills `roles`, `users` and `user_roles`.
pub(super) fn fill(db: &Connection, words: &Vocabulary) -> Result<Vec<User>> {
    let mut insert = db.prepare("INSERT INTO roles (id, name, description, is_admin) VALUES (?1, ?2, ?3, ?4)")?;
    for (id, (name, description, is_admin)) in (1_i64..).zip(ROLES) {
        insert.execute(params![id, name, description, is_admin])?;
    }
    let mut dice = Dice::of("users");
    let mut users = Vec::new();
    for id in 1..=USERS {
        let created = hired(&mut dice, id);
        users.push(add_user(db, &mut dice, words, id, created)?);
        give_roles(db, &mut dice, id, created)?;
    }
    Ok(users)
}

/// All before the first customer, so that nobody writes before they came.
fn hired(dice: &mut Dice, id: i64) -> NaiveDateTime {
    let day = days_ago(4_400 - id * 15 - dice.between(0, 12));
    calendar::moment_of(dice, day)
}

fn add_user(db: &Connection, dice: &mut Dice, words: &Vocabulary, id: i64, created: NaiveDateTime) -> Result<User> {
    let country = words.country(dice);
    let full_name = country.map_or_else(String::new, |country| country.person(dice).full);
    let manager = (id > 1).then(|| dice.between(1, (id / 5).max(1)));
    let login_day = days_ago(dice.between(0, 20));
    let login = calendar::moment_of(dice, login_day);
    let last_login = dice.maybe(90, calendar::utc_millis(login));
    db.prepare_cached(
        "INSERT INTO users (id, username, full_name, email, locale, manager_id, is_enabled, preferences, created_at,
             last_login_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        id,
        format!("staff{id:03}"),
        full_name,
        format!("staff{id:03}@example.com"),
        country.map_or("en-IE", |country| country.locale.as_str()),
        manager,
        id == 1 || dice.chance(90),
        preferences(dice),
        calendar::utc(created),
        last_login.filter(|_| login > created),
    ])?;
    Ok(User { id, full_name })
}

fn preferences(dice: &mut Dice) -> String {
    if dice.chance(25) {
        return "{}".to_owned();
    }
    json!({
        "theme": dice.pick(["light", "dark", "heron"]),
        "page_size": dice.pick([20, 50, 100]),
        "signature": dice.pick(["", "— sent with ☕", "Kind regards,\n\t\"Support\""]),
        "columns": ["number", "name", "balance"],
        "shortcuts": { "ctrl+\\": dice.chance(50), "naïve": null },
    })
    .to_string()
}

fn give_roles(db: &Connection, dice: &mut Dice, user: i64, created: NaiveDateTime) -> Result<()> {
    let highest = i64::try_from(ROLES.len()).unwrap_or(1);
    let first = if user == 1 { 1 } else { dice.between(2, highest) };
    let second = dice.between(3, highest);
    let granted_by = (user > 1).then_some(1);
    let roles = [Some(first), dice.maybe(60, second).filter(|role| *role != first)];
    let mut insert =
        db.prepare_cached("INSERT INTO user_roles (user_id, role_id, granted_by, granted_at) VALUES (?1, ?2, ?3, ?4)")?;
    for role in roles.into_iter().flatten() {
        let granted = created + TimeDelta::minutes(dice.between(1, 90));
        insert.execute(params![user, role, granted_by, calendar::utc(granted)])?;
    }
    Ok(())
}
