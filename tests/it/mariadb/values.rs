//! Every type that MariaDB has, in and out, value by value.

use std::hash::{BuildHasher, Hasher, RandomState};

use carryall::format::{Csv, Jsonl};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

use super::export;
use crate::servers::mariadb::Database;

/// A table for each family of types, with the values at their ends. The column z is there since frictionless takes a row of
/// nothing but NULL for a mistake.
const TYPES: &str = "
SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';
CREATE TABLE integers (a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d SMALLINT UNSIGNED, e MEDIUMINT, f MEDIUMINT UNSIGNED,
    g INT, h INT UNSIGNED, i BIGINT, j BIGINT UNSIGNED, k INT(8) ZEROFILL, l BIGINT(20) ZEROFILL, m BOOLEAN,
    n BIT(1), o BIT(64), p BIT(9), q YEAR, z INT INVISIBLE DEFAULT 1);
INSERT INTO integers VALUES
    (-128, 0, -32768, 0, -8388608, 0, -2147483648, 0, -9223372036854775808, 0, 0, 0, FALSE, b'0', 0, 0, 0),
    (127, 255, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615,
        42, 18446744073709551615, TRUE, b'1', 18446744073709551615, 256, 2155),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 1, 1, 1, 1, 1, 1, 1, 1, 9223372036854775808, 123456789, 10, 2, b'1', 1, 13, 1901);
CREATE TABLE decimals (a DECIMAL(65,30), b DECIMAL(65,0), c DECIMAL(10,2) ZEROFILL, d DECIMAL(30,30), e DECIMAL(5,2), z INT INVISIBLE DEFAULT 1);
INSERT INTO decimals VALUES
    (99999999999999999999999999999999999.999999999999999999999999999999, REPEAT('9', 65), 0, 0, -0.00),
    (-99999999999999999999999999999999999.999999999999999999999999999999, CONCAT('-', REPEAT('9', 65)), 7.5,
        0.999999999999999999999999999999, -0.10), (0, 0, 99999999.99, -1e-30, 100), (NULL, NULL, NULL, NULL, NULL);
CREATE TABLE floats (a FLOAT, b DOUBLE, c FLOAT(7,3), d DOUBLE(20,4), e FLOAT UNSIGNED ZEROFILL, f DOUBLE ZEROFILL, z INT INVISIBLE DEFAULT 1);
INSERT INTO floats VALUES (0.1, 0.1, 0.1, 0.1, 0.1, 0.1), (16777217, 9007199254740993, 9999.999, 1e15, 16777217, 1e300),
    (3.4e38, 1.7976931348623157e308, -0.001, -0.0001, 3.4028234663852886e38, 5e-324), (-0e0, -0e0, -0e0, -0e0, 0, 0),
    (1.17549435e-38, 2.2250738585072014e-308, 1, 1, 1.5e-45, 1e-7), (-3.4028234663852886e38, -4.9e-324, 0, 0, 8388608.5, 1e22),
    (1e23, 1e23, 1, 1, 123456.789, 123456789012345678), (NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE moments (a DATE, b DATETIME, c DATETIME(6), d TIMESTAMP NULL, e TIMESTAMP(3) NULL, f TIME, g TIME(6), z INT INVISIBLE DEFAULT 1);
INSERT INTO moments VALUES
    ('0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '00:00:00', '00:00:00'),
    ('2024-00-10', '2024-00-10 01:02:03', '2024-00-00 01:02:03.5', '1970-01-01 00:00:01', '1970-01-01 00:00:01.001', '23:59:59',
        '23:59:59.999999'),
    ('2024-02-31', '2023-02-29 23:59:59', '2023-04-31 00:00:00.000001', '2038-01-19 03:14:07', '2038-01-19 03:14:07.999',
        '838:59:59', '838:59:59.999999'),
    ('1000-01-01', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999999', '2026-03-29 02:30:00', '2026-03-29 01:30:00.1', '-838:59:59',
        '-838:59:59.999999'),
    ('0001-01-01', '0001-01-01 00:00:00', '0000-01-01 00:00:00', '2026-11-23 07:00:00', '2026-11-23 07:00:00.120', '-00:00:01',
        '-00:00:00.000001'),
    ('9999-12-31', '9999-12-31 23:59:59', '2026-11-23 07:00:00.100000', NULL, NULL, '24:00:00', '100:00:00.5'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE texts (a CHAR(20), b VARCHAR(50), c TEXT CHARACTER SET utf8mb3, d VARCHAR(50) CHARACTER SET latin1,
    e TEXT CHARACTER SET sjis, f TEXT CHARACTER SET gbk, g TEXT CHARACTER SET ucs2, h VARCHAR(20) CHARACTER SET utf16,
    i CHAR(9) CHARACTER SET utf32, j TINYTEXT, k MEDIUMTEXT, l LONGTEXT, m CHAR(3) CHARACTER SET ascii, n CHAR(0), z INT INVISIBLE DEFAULT 1);
INSERT INTO texts VALUES
    ('', '', '', '', '', '', '', '', '', '', '', '', '', ''),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('ü🎒', ' 客🎒\\0x\\r\\n\"\\t,', 'naïve 客', CONCAT(_latin1 X'81E980', 'Müller'), 'ｱあ漢字', '汉字中国', '漢字', '🎒𠮷', '🎒', 'NULL', '\\\\N', '\\\\.', 'abc', ''),
    ('=1+1', ' x ', 'a\\nb', 'é€ÿ', 'ソ表', '', 'ÿ', 'a', 'a', 'true', '\"\"', 'nan', '1', '');
CREATE TABLE bytes (a BINARY(4), b VARBINARY(10), c TINYBLOB, d BLOB, e MEDIUMBLOB, f LONGBLOB, g BINARY(0), z INT INVISIBLE DEFAULT 1);
INSERT INTO bytes VALUES ('', '', '', '', '', '', ''), (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (X'00', X'00', X'00', X'FF00FE', X'0D0A', REPEAT(X'00FF', 40000), ''), (X'20202020', 'a ', '=', ',', '\"', X'5C4E', NULL);
CREATE TABLE choices (a ENUM('', 'a', 'b,c', 'ü', '\"'), b ENUM('é', '€') CHARACTER SET latin1, c SET('x', 'y', 'ü'), d ENUM('a') NOT NULL, z INT INVISIBLE DEFAULT 1);
INSERT INTO choices VALUES ('', 'é', '', 'a'), ('b,c', '€', 'x,ü', 'nothing'), (NULL, NULL, NULL, 'a'), (2, 99, 7, 'a'), ('\"', 1, 'y', '');
CREATE TABLE others (a JSON, b UUID, c INET6, d INET4, e GEOMETRY, f POINT, g POLYGON, h LONGTEXT CHECK (JSON_VALID(`h`)), z INT INVISIBLE DEFAULT 1);
INSERT INTO others VALUES
    ('{\"a\": [1, \"é🎒\", null]}', '123e4567-e89b-12d3-a456-426655440000', '2001:db8::ff00:42:8329', '192.0.2.1',
        ST_GeomFromText('LINESTRING(0 0, 1.5 -1)', 4326), POINT(1, 2), ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))'), '{}'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (' {\"b\":1.0}', '00000000-0000-0000-0000-000000000000', '::ffff:192.0.2.1', '0.0.0.0', POINT(0, -0e0), POINT(1e300, 5e-324),
        ST_GeomFromText('POLYGON EMPTY'), '{\"a\":\\n1}');
CREATE TABLE made (a INT, b INT AS (a * 2) VIRTUAL, c VARCHAR(20) AS (CONCAT('n', a)) STORED, d INT INVISIBLE DEFAULT 7,
    e DECIMAL(8,3) AS (a / 3) PERSISTENT, PRIMARY KEY (a));
INSERT INTO made (a) VALUES (1), (2); INSERT INTO made (a, d) VALUES (3, NULL);
CREATE TABLE alone (v VARCHAR(9)); INSERT INTO alone VALUES ('x'), ('');
CREATE TABLE empty (a INT, b TEXT)";

#[tokio::test]
async fn every_value_of_every_type_is_in_the_archive_exactly() {
    let database = Database::of(TYPES).await;
    let csv = export(&database.address(), &Csv).await.unwrap();
    csv.prove(&database.owners_address());
    csv.reload(&database.owners_address());
    let jsonl = export(&database.address(), &Jsonl).await.unwrap();
    jsonl.compare(&database.owners_address());
}

#[tokio::test]
async fn every_value_of_tables_made_by_chance_is_in_the_archive_exactly() {
    let seed = std::env::var("CARRYALL_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    say(&format!("CARRYALL_TEST_SEED={seed} makes these tables again"));
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let mut sql = "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'".to_owned();
    for number in 0..30 {
        sql += &table(number, 200, &mut chance);
    }
    let database = Database::of(&sql).await;
    let csv = export(&database.address(), &Csv).await.unwrap();
    assert_eq!(csv.0.packed.verified.rows, 30 * 200);
    csv.prove(&database.owners_address());
    csv.reload(&database.owners_address());
    let jsonl = export(&database.address(), &Jsonl).await.unwrap();
    jsonl.compare(&database.owners_address());
}

#[expect(clippy::print_stderr, reason = "shown with a test that fails, so that it can be repeated")]
fn say(what: &str) {
    eprintln!("{what}");
}

/// Chance that falls the same way for the same seed.
struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    fn digits(&mut self, count: u64) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// Bytes, as a literal.
    fn bytes(&mut self, most: u64) -> String {
        let count = self.below(most + 1);
        let hex = (0..count).map(|_| self.pick(&["00", "0A", "22", "27", "2C", "5C", "61", "80", "E9", "FF"]));
        format!("X'{}'", hex.collect::<String>())
    }

    /// A text of characters that `charset` has, as a literal.
    fn text(&mut self, charset: &str, most: u64) -> String {
        let of_charset = match charset {
            "utf8mb4" | "utf16" | "utf32" => "é客🎒𠮷\u{0}\u{2028}\u{feff}",
            "utf8mb3" | "ucs2" => "é客ÿ\u{0}\u{2028}\u{ffff}",
            "latin1" => "é€ÿ\u{81}\u{0}",
            "sjis" => "あ漢字ｱソ表",
            "gbk" => "汉字中国",
            "koi8r" | "cp1251" => "Жюя",
            _ => "\u{7f}",
        };
        let all: Vec<char> = of_charset.chars().chain("aZ09 '\"\\,;\n\r\t=-N".chars()).collect();
        let text: String = (0..self.below(most + 1)).map(|_| self.pick(&all)).collect();
        let hex = text.bytes().map(|byte| format!("{byte:02X}"));
        format!("CONVERT(_utf8mb4 X'{}' USING {charset})", hex.collect::<String>())
    }

    fn day(&mut self) -> String {
        let year = self.pick(&[0, 1, 999, 1970, 2000, 2024, 2100, 9999]);
        format!("{year:04}-{:02}-{:02}", self.below(13), self.below(32))
    }

    fn fraction(&mut self, digits: u64) -> String {
        if digits == 0 { String::new() } else { format!(".{}", self.digits(digits)) }
    }

    fn time_of_day(&mut self) -> String {
        format!("{:02}:{:02}:{:02}", self.below(24), self.below(60), self.below(60))
    }
}

/// A table of this many rows of random columns.
fn table(number: usize, rows: usize, chance: &mut Chance) -> String {
    let odd = ["", " select", "`", "\"x\"", ",", "é客", "%", "'", "?", "@a", "/"];
    let columns: Vec<_> = (0..1 + chance.below(12)).map(|_| column(chance)).collect();
    let names: Vec<_> = columns.iter().enumerate().map(|(index, _)| format!("c{index}{}", chance.pick(&odd))).collect();
    let names: Vec<_> = names.iter().map(|name| format!("`{}`", name.replace('`', "``"))).collect();
    let declared = names.iter().zip(&columns).map(|(name, (declaration, _))| format!(", {name} {declaration} NULL"));
    let key = chance.pick(&["INT AUTO_INCREMENT PRIMARY KEY", "INT DEFAULT 1"]);
    let engine = chance.pick(&["InnoDB", "InnoDB ROW_FORMAT=COMPRESSED", "MyISAM", "Aria"]);
    let mut sql = format!("; CREATE TABLE t{number} (id {key}{}) ENGINE={engine}", declared.collect::<String>());
    let rows = (0..rows).map(|_| {
        let values = columns.iter().map(|(_, value)| if chance.one_in(6) { "NULL".to_owned() } else { value(chance) });
        format!("({})", values.collect::<Vec<_>>().join(", "))
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    sql += &format!("; INSERT INTO t{number} ({}) VALUES {rows}", names.join(", "));
    sql
}

/// The declaration of a column, and how a value of it is made, as a literal.
type Column = (String, Box<dyn Fn(&mut Chance) -> String>);

fn column(chance: &mut Chance) -> Column {
    let fraction = chance.below(7);
    match chance.below(12) {
        0 => whole(chance),
        1 => {
            let (digits, scale) = chance.pick(&[(65, 30), (38, 30), (65, 0), (10, 2), (1, 1)]);
            (
                format!("DECIMAL({digits},{scale})"),
                Box::new(move |chance| {
                    let whole = chance.below(digits - scale + 1);
                    format!("{}0{}.{}", chance.pick(&["-", ""]), chance.digits(whole), chance.digits(scale))
                }),
            )
        }
        2 => ("FLOAT".into(), Box::new(|chance| float(|| f32::from_bits(chance.0.next_u32()).into()))),
        3 => ("DOUBLE".into(), Box::new(|chance| float(|| f64::from_bits(chance.0.next_u64())))),
        4 => {
            let bits = 1 + chance.below(64);
            (format!("BIT({bits})"), Box::new(move |chance| (chance.0.next_u64() >> (64 - bits)).to_string()))
        }
        5 => ("DATE".into(), Box::new(|chance| format!("'{}'", chance.day()))),
        6 => (
            format!("DATETIME({fraction})"),
            Box::new(move |chance| format!("'{} {}{}'", chance.day(), chance.time_of_day(), chance.fraction(fraction))),
        ),
        7 => (
            format!("TIMESTAMP({fraction})"),
            Box::new(move |chance| {
                let year = 1971 + chance.below(67);
                format!("'{year}-03-29 {}{}'", chance.time_of_day(), chance.fraction(fraction))
            }),
        ),
        8 => (
            format!("TIME({fraction})"),
            Box::new(move |chance| {
                let (sign, hours) = (chance.pick(&["-", ""]), chance.pick(&[0, 1, 23, 24, 100, 838]));
                format!("'{sign}{hours}:{:02}:00{}'", chance.below(60), chance.fraction(fraction))
            }),
        ),
        9 => text(chance),
        10 => {
            let declaration =
                chance.pick(&["BINARY(20)", "VARBINARY(20)", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB"]);
            (declaration.into(), Box::new(|chance| chance.bytes(20)))
        }
        _ => other(chance),
    }
}

fn whole(chance: &mut Chance) -> Column {
    let (name, bits) = chance.pick(&[("TINYINT", 8), ("SMALLINT", 16), ("MEDIUMINT", 24), ("INT", 32), ("BIGINT", 64)]);
    let (unsigned, zerofill) = (format!("{name} UNSIGNED"), format!("{name} ZEROFILL"));
    match chance.below(3) {
        0 => (name.into(), Box::new(move |chance| (chance.0.next_u64() as i64 >> (64 - bits)).to_string())),
        1 => (unsigned, Box::new(move |chance| (chance.0.next_u64() >> (64 - bits)).to_string())),
        _ => (zerofill, Box::new(move |chance| (chance.0.next_u64() >> (64 - bits) >> chance.below(bits)).to_string())),
    }
}

/// A finite number with all its digits.
fn float(mut draw: impl FnMut() -> f64) -> String {
    loop {
        let number = draw();
        if number.is_finite() {
            return format!("{number:e}");
        }
    }
}

fn text(chance: &mut Chance) -> Column {
    let charsets =
        ["utf8mb4", "utf8mb3", "latin1", "sjis", "gbk", "ucs2", "utf16", "utf32", "koi8r", "cp1251", "ascii"];
    let (charset, kind) =
        (chance.pick(&charsets), chance.pick(&["CHAR(20)", "VARCHAR(20)", "TINYTEXT", "TEXT", "LONGTEXT"]));
    (format!("{kind} CHARACTER SET {charset}"), Box::new(move |chance| chance.text(charset, 20)))
}

fn other(chance: &mut Chance) -> Column {
    match chance.below(7) {
        0 => ("YEAR".into(), Box::new(|chance| (1901 + chance.below(255)).to_string())),
        1 => (
            "ENUM('a', 'b,\"', 'é€') CHARACTER SET latin1".into(),
            Box::new(|chance| (1 + chance.below(3)).to_string()),
        ),
        2 => ("SET('a', 'ü', 'c')".into(), Box::new(|chance| chance.below(8).to_string())),
        3 => (
            "JSON".into(),
            Box::new(|chance| {
                chance.pick(&["'{}'", "'[1, \"é🎒\"]'", "'{\"a\": null, \"a\": 1e400}'", "'null'", "' \"x\"'"]).into()
            }),
        ),
        4 => ("UUID".into(), Box::new(|chance| format!("'{:032x}'", u128::from(chance.0.next_u64()) << 60))),
        5 => ("INET6".into(), Box::new(|chance| format!("'2001:db8::{:x}'", chance.below(65536)))),
        _ => (
            "POINT".into(),
            Box::new(|chance| {
                let (x, y) = (float(|| f64::from_bits(chance.0.next_u64())), chance.below(9));
                format!("POINT({x}, {y})")
            }),
        ),
    }
}
