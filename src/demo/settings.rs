//! Settings: those of `words/settings.toml`, and two for every country.

use rusqlite::{Connection, Result, params};
use serde_json::json;

use super::{
    calendar::{self, days_ago},
    dice::Dice,
    staff::User,
    vocabulary::Vocabulary,
};

/// Fills `settings`.
pub(super) fn fill(db: &Connection, words: &Vocabulary, users: &[User]) -> Result<()> {
    let mut dice = Dice::of("settings");
    let mut add = |key: &str, value: &str, description: Option<&str>| {
        let day = days_ago(dice.between(1, 900));
        let changed = calendar::moment_of(&mut dice, day);
        let by = dice.pick_from(users).map(|user| user.id);
        let by = dice.maybe(70, by).flatten();
        db.prepare_cached(
            "INSERT INTO settings (\"key\", \"value\", description, updated_by, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![key, value, description, by, calendar::utc(changed)])
    };
    for setting in &words.settings {
        add(&setting.key, &setting.value, setting.description.as_deref())?;
    }
    for country in &words.countries {
        let tax = json!({ "per_mille": country.tax, "currency": country.currency });
        let greeting = json!({ "subject": country.says.first(), "html": false });
        add(&format!("tax.{}", country.code), &tax.to_string(), None)?;
        add(&format!("mail.template.{}", country.locale), &greeting.to_string(), Some(""))?;
    }
    Ok(())
}
