//! Exchange rates: exact decimals, kept as text.

use chrono::Months;
use rusqlite::{Connection, Result, params};

use super::{calendar::TODAY, dice::Dice, vocabulary::Vocabulary};

const MONTHS: u32 = 36;

/// Fills `exchange_rates`, month by month for every currency but the euro.
pub(super) fn fill(db: &Connection, words: &Vocabulary) -> Result<()> {
    let mut dice = Dice::of("exchange rates");
    let mut insert =
        db.prepare("INSERT INTO exchange_rates (currency, valid_on, rate, inverse) VALUES (?1, ?2, ?3, ?4)")?;
    for country in words.countries.iter().filter(|country| country.currency != "EUR") {
        for month in (0..MONTHS).rev() {
            let rate = country.rate + country.rate / 100_000 * dice.between(-2500, 2500);
            let day = TODAY - Months::new(month);
            insert.execute(params![
                country.currency,
                day.to_string(),
                decimal(i128::from(rate), 6),
                decimal(10_i128.pow(30) / i128::from(rate.max(1)), 24),
            ])?;
        }
    }
    Ok(())
}

/// A whole number with its last `places` digits behind the point; trailing zeros stay.
fn decimal(number: i128, places: u32) -> String {
    let one = 10_i128.pow(places);
    let width = usize::try_from(places).unwrap_or_default();
    format!("{}.{:0width$}", number / one, number % one)
}
