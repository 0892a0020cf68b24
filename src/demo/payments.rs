//! Payments, refunds, credit, and with them the balances.

use chrono::{NaiveDate, TimeDelta};
use rusqlite::{Connection, Result, params};

use super::{
    accounts::Account,
    calendar::{self, TODAY, days_ago},
    dice::Dice,
    invoices::Invoice,
};

struct Payment {
    invoice: Option<i64>,
    refund_of: Option<i64>,
    amount_cents: i64,
    day: NaiveDate,
}

/// Fills `payments` and brings the accounts' balances up to date.
pub(super) fn fill(db: &Connection, invoices: &[Invoice<'_>], accounts: &[Account<'_>]) -> Result<()> {
    let mut dice = Dice::of("payments");
    for invoice in invoices.iter().filter(|invoice| invoice.total_cents > 0) {
        match invoice.status {
            "paid" => settle(db, &mut dice, invoice)?,
            "overdue" if dice.chance(20) => {
                pay(db, &mut dice, invoice, invoice.total_cents / 3)?;
            }
            _ => {}
        }
    }
    for account in accounts.iter().filter(|account| account.closed.is_none()) {
        if dice.chance(3) {
            let payment = Payment {
                invoice: None,
                refund_of: None,
                amount_cents: account.country.price(dice.between(1, 200) * 100),
                day: days_ago(dice.between(1, 60)).max(account.opened),
            };
            insert(db, &mut dice, account, &payment)?;
        }
    }
    balance(db)
}

/// In one payment or two, or paid twice by mistake and given back.
fn settle(db: &Connection, dice: &mut Dice, invoice: &Invoice<'_>) -> Result<()> {
    let total = invoice.total_cents;
    if dice.chance(3) {
        pay(db, dice, invoice, total / 2)?;
        pay(db, dice, invoice, total - total / 2)?;
        return Ok(());
    }
    pay(db, dice, invoice, total)?;
    if dice.chance(1) {
        let again = pay(db, dice, invoice, total)?;
        let refund = Payment {
            invoice: Some(invoice.id),
            refund_of: Some(again),
            amount_cents: -total,
            day: (invoice.due + TimeDelta::days(15)).min(TODAY),
        };
        insert(db, dice, invoice.account, &refund)?;
    }
    Ok(())
}

fn pay(db: &Connection, dice: &mut Dice, invoice: &Invoice<'_>, amount_cents: i64) -> Result<i64> {
    let latest = (invoice.due + TimeDelta::days(10)).min(TODAY - TimeDelta::days(1));
    let payment = Payment {
        invoice: Some(invoice.id),
        refund_of: None,
        amount_cents,
        day: calendar::day_between(dice, invoice.issued, latest),
    };
    insert(db, dice, invoice.account, &payment)
}

fn insert(db: &Connection, dice: &mut Dice, account: &Account<'_>, payment: &Payment) -> Result<i64> {
    let received = calendar::moment_of(dice, payment.day);
    let method = dice.pick(["direct debit", "direct debit", "transfer", "card", "wallet", "cash"]);
    db.prepare_cached(
        "INSERT INTO payments (account_id, invoice_id, refund_of, method, amount_cents, reference, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        account.id,
        payment.invoice,
        payment.refund_of,
        method,
        payment.amount_cents,
        reference(dice, method, payment),
        account.country.local(received),
    ])?;
    Ok(db.last_insert_rowid())
}

fn reference(dice: &mut Dice, method: &str, payment: &Payment) -> Option<String> {
    let number = dice.below(100_000_000);
    match method {
        "cash" => None,
        _ if payment.refund_of.is_some() => Some(format!("-reversal- {number:08}")),
        "transfer" => Some(match dice.below(5) {
            0 => String::new(),
            1 => format!("=invoice {number:08}"),
            2 => format!("Rechnung, Kd.-Nr. {number:08}; Danke!"),
            3 => format!("+ {number:08} 谢谢 \"ok\""),
            _ => format!(" {number:08} "),
        }),
        _ => Some(format!("{number:08}")),
    }
}

/// What is owed: invoiced, unless void, less what was paid. Credit is negative.
fn balance(db: &Connection) -> Result<()> {
    db.execute(
        "UPDATE accounts SET balance_cents =
             (SELECT coalesce(sum(total_cents), 0) FROM invoices
              WHERE invoices.account_id = accounts.id AND status <> 'void')
           - (SELECT coalesce(sum(amount_cents), 0) FROM payments WHERE payments.account_id = accounts.id)",
        [],
    )?;
    Ok(())
}
