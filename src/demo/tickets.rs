//! Tickets and what was written under them.

use chrono::{NaiveDateTime, TimeDelta};
use rusqlite::{Connection, Result, params};
use serde_json::json;

use super::{
    accounts::Account,
    calendar::{self, days_ago},
    contacts::Contact,
    dice::Dice,
    hostile, prose,
    staff::User,
    vocabulary::Vocabulary,
};

const TICKETS: i64 = 2_600;

/// Every so many tickets and comments, one is hostile.
const HOSTILE_EVERY: i64 = 23;

/// What the tickets are made of.
pub(super) struct Desk<'a> {
    pub(super) words: &'a Vocabulary,
    pub(super) users: &'a [User],
    pub(super) accounts: &'a [Account<'a>],
    pub(super) contacts: &'a [Vec<Contact>],
}

struct Ticket<'a> {
    id: i64,
    account: &'a Account<'a>,
    contact: Option<&'a Contact>,
    agent: Option<&'a User>,
    created: NaiveDateTime,
    is_closed: bool,
    merged_into: Option<i64>,
}

/// Fills `tickets` and `ticket_comments`, the oldest first.
pub(super) fn fill(db: &Connection, desk: &Desk<'_>) -> Result<()> {
    let mut dice = Dice::of("tickets");
    let mut made: Vec<Ticket<'_>> = Vec::new();
    for id in 1..=TICKETS {
        let Some(mut ticket) = draw(&mut dice, desk, id) else { continue };
        let earlier = made.iter().rfind(|other| other.account.id == ticket.account.id);
        ticket.merged_into = earlier.map(|other| other.id).filter(|_| ticket.is_closed && dice.chance(8));
        let times = times(&mut dice, ticket.created);
        insert(db, &mut dice, desk, &ticket, times.last().copied())?;
        for (nth, at) in (0_i64..).zip(times) {
            comment(db, &mut dice, desk, &ticket, nth, at)?;
        }
        made.push(ticket);
    }
    Ok(())
}

fn draw<'a>(dice: &mut Dice, desk: &Desk<'a>, id: i64) -> Option<Ticket<'a>> {
    // Evenly over two years.
    let age = (TICKETS - id) * 700 / TICKETS;
    let created = calendar::moment_of(dice, days_ago(age));
    let (account, contacts) = (0..20).find_map(|_| {
        let nth = usize::try_from(dice.between(0, 1_000_000)).unwrap_or_default();
        let nth = nth % desk.accounts.len().max(1);
        let (account, contacts) = (desk.accounts.get(nth)?, desk.contacts.get(nth)?);
        let day = created.date();
        (account.opened < day && account.last_day() >= day).then_some((account, contacts))
    })?;
    let is_new = age < 2;
    let (contact, agent) = (dice.pick_from(contacts), dice.pick_from(desk.users));
    Some(Ticket {
        id,
        account,
        contact: dice.maybe(92, contact).flatten(),
        agent: agent.filter(|_| !is_new),
        created,
        is_closed: !is_new && dice.chance(if age > 30 { 98 } else { 60 }),
        merged_into: None,
    })
}

/// When things were written: first the ticket's own text, later answers while there is time.
fn times(dice: &mut Dice, created: NaiveDateTime) -> Vec<NaiveDateTime> {
    let mut times = vec![created];
    let mut at = created;
    for _ in 0..dice.between(0, 6) {
        at += TimeDelta::milliseconds(dice.between(60_000, 170_000_000));
        if at < calendar::now() {
            times.push(at);
        }
    }
    times
}

fn insert(
    db: &Connection,
    dice: &mut Dice,
    desk: &Desk<'_>,
    ticket: &Ticket<'_>,
    last: Option<NaiveDateTime>,
) -> Result<()> {
    let status = match (ticket.is_closed, ticket.agent) {
        (true, _) => "closed",
        (false, None) => "new",
        (false, Some(_)) => dice.pick(["open", "waiting"]),
    };
    let rating = dice.between(1, 5);
    db.prepare_cached(
        "INSERT INTO tickets (id, account_id, contact_id, assignee_id, merged_into, subject, status, priority, rating,
             tags, custom_fields, created_at, closed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        ticket.id,
        ticket.account.id,
        ticket.contact.map(|contact| contact.id),
        ticket.agent.map(|agent| agent.id),
        ticket.merged_into,
        subject(dice, desk, ticket),
        status,
        dice.pick([1, 2, 3, 3, 3, 3, 4, 5]),
        dice.maybe(35, rating).filter(|_| ticket.is_closed),
        dice.pick(["[]", r#"["outage"]"#, r#"["billing","vip"]"#, r#"["größe","日本","a,b","\"q\""]"#]),
        custom_fields(dice),
        ticket.account.country.local(ticket.created),
        last.filter(|_| ticket.is_closed).map(calendar::utc),
    ])?;
    Ok(())
}

fn subject(dice: &mut Dice, desk: &Desk<'_>, ticket: &Ticket<'_>) -> String {
    if ticket.id % HOSTILE_EVERY == 0 {
        return hostile::nth(&hostile::TEXTS, ticket.id / HOSTILE_EVERY).to_owned();
    }
    prose::sentence(dice, &desk.words.prose.subjects, ticket.account.country)
}

fn custom_fields(dice: &mut Dice) -> Option<String> {
    let fields = json!({
        "channel": dice.pick(["mail", "phone", "portal", "shop"]),
        "minutes_spent": dice.between(0, 240),
        "first_answer_s": dice.real(1, 864_000, 10),
        "satisfaction": dice.pick(["😀", "😐", "😡", ""]),
        "transcript_id": dice.maybe(10, 9_007_199_254_740_993_i64),
    });
    dice.maybe(40, fields.to_string())
}

fn comment(
    db: &Connection,
    dice: &mut Dice,
    desk: &Desk<'_>,
    ticket: &Ticket<'_>,
    nth: i64,
    at: NaiveDateTime,
) -> Result<()> {
    let prose = &desk.words.prose;
    let country = ticket.account.country;
    let by_customer = ticket.contact.filter(|_| nth == 0 || dice.chance(40));
    let author = if by_customer.is_some() { None } else { ticket.agent.or(desk.users.first()) };
    let is_internal = author.is_some() && dice.chance(25);
    let customer = ticket.contact.map_or("", |contact| &contact.full_name);
    let place = ticket.id * 7 + nth;
    let body = match author {
        _ if place % HOSTILE_EVERY == 0 => hostile::nth(&hostile::TEXTS, place / HOSTILE_EVERY).to_owned(),
        Some(_) if is_internal => {
            let length = dice.between(1, 3);
            prose::paragraph(dice, &prose.internal, country, length)
        }
        Some(agent) => prose::answer(dice, prose, country, customer, &agent.full_name),
        None => prose::message(dice, prose, country),
    };
    db.prepare_cached(
        "INSERT INTO ticket_comments (ticket_id, user_id, contact_id, is_internal, body, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        ticket.id,
        author.map(|user| user.id),
        by_customer.map(|contact| contact.id),
        is_internal,
        body,
        calendar::utc_millis(at),
    ])?;
    Ok(())
}
