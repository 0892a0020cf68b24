//! Small files: scans, contracts, backups of routers; some are empty, of some only the row is left.

use rusqlite::{Connection, Result, params};

use super::{accounts::Account, calendar, dice::Dice, hostile, image, prose, staff::User, vocabulary::Vocabulary};

const DOCUMENTS: i64 = 450;

/// Fills `documents`.
pub(super) fn fill(db: &Connection, words: &Vocabulary, users: &[User], accounts: &[Account<'_>]) -> Result<()> {
    let mut dice = Dice::of("documents");
    for id in 1..=DOCUMENTS {
        if let Some(account) = dice.pick_from(accounts) {
            let user = dice.pick_from(users).map(|user| user.id);
            let user = dice.maybe(70, user).flatten();
            insert(db, &mut dice, words, account, user, id)?;
        }
    }
    Ok(())
}

fn insert(
    db: &Connection,
    dice: &mut Dice,
    words: &Vocabulary,
    account: &Account<'_>,
    user: Option<i64>,
    id: i64,
) -> Result<()> {
    let (extension, media_type, content) = draw(dice, words, account, id);
    let file_name = if id % 9 == 0 {
        hostile::nth(&hostile::FILE_NAMES, id / 9).to_owned()
    } else {
        format!("{}-{:04}.{extension}", dice.pick(["scan", "contract", "Rückruf", "契約書", "backup"]), id)
    };
    let day = calendar::day_between(dice, account.opened, account.last_day());
    let uploaded = calendar::moment_of(dice, day);
    let is_purged = id % 17 == 0;
    db.prepare_cached(
        "INSERT INTO documents (id, account_id, uploaded_by, file_name, media_type, size_bytes, content, uploaded_at,
             purged_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        id,
        account.id,
        user,
        file_name,
        media_type,
        i64::try_from(content.len()).unwrap_or_default(),
        (!is_purged).then_some(content),
        account.country.local(uploaded),
        is_purged.then(|| calendar::utc(calendar::now())),
    ])?;
    Ok(())
}

fn draw(dice: &mut Dice, words: &Vocabulary, account: &Account<'_>, id: i64) -> (&'static str, &'static str, Vec<u8>) {
    match id % 10 {
        0 => ("bin", "application/octet-stream", Vec::new()),
        1..=4 => ("png", "image/png", image::scribble(dice)),
        5..=7 => {
            let length = dice.between(20, 160);
            let text = prose::paragraph(dice, &words.prose.agent, account.country, length);
            ("pdf", "application/pdf", pdf(id, &text))
        }
        _ => {
            let size = 1 + dice.below(16_000);
            let mut bytes = dice.bytes(size);
            bytes.extend_from_slice(b"\0\0\r\n\x1a\xff\xfe\0");
            ("cfg.bin", "application/octet-stream", bytes)
        }
    }
}

/// A contract of one page: five objects and the table that says where each begins.
fn pdf(id: i64, text: &str) -> Vec<u8> {
    let lines = text.lines().filter(|line| !line.is_empty()).map(|line| {
        let plain = line.chars().filter(|sign| sign.is_ascii() && !r"()\".contains(*sign));
        format!("({}) '\n", plain.collect::<String>())
    });
    let page = format!("BT /F1 9 Tf 11 TL 40 800 Td (Contract {id:06}) Tj\n{}ET", lines.collect::<String>());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = file.len();
    let end = format!("xref\n0 6\n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(end.as_bytes());
    file
}
