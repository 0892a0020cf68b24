//! Every value of every type is in the archive exactly: PostgreSQL loads it again and finds no difference.

use carryall::format::{Csv, Jsonl};
use uuid::Uuid;

use super::{Archive, compared, proven, sound};
use crate::{
    foreign::python_with,
    servers::postgres::{Postgres, database_of},
};

/// Has the values of `columns` proven, one row of them for each of `rows`. Behind them stands a number, since frictionless
/// takes a row without any value for a blank line.
async fn proven_values(columns: &str, rows: &[&str]) -> Archive {
    proven_values_with("", columns, rows).await
}

async fn proven_values_with(before: &str, columns: &str, rows: &[&str]) -> Archive {
    let rows = rows.iter().map(|row| format!("({row})")).collect::<Vec<_>>().join(", ");
    proven(
        &database_of(&format!(
            "{before}; CREATE TABLE t ({columns}, id serial PRIMARY KEY); INSERT INTO t VALUES {rows}"
        ))
        .await,
    )
    .await
}

#[tokio::test]
async fn numbers_have_all_their_digits() {
    let most = format!("{}.{}", "9".repeat(131_072), "7".repeat(16_383));
    let archive = proven_values(
        "a int2, b int4, c int8, o oid, n numeric, p numeric(12, 4), m money, f float4, d float8",
        &[
            "-32768, -2147483648, -9223372036854775808, 0, 'NaN', 'NaN', '-92233720368547758.08', 'NaN', 'NaN'",
            "32767, 2147483647, 9223372036854775807, 4294967295, 'Infinity', 12345678.9, '92233720368547758.07', 'Infinity', \
             'Infinity'",
            "0, 0, 0, 1, '-Infinity', -0.0001, 0, '-Infinity', '-Infinity'",
            &format!("1, 1, 1, 1, {most}, 0, -1.5, 3.4028235e38, 1.7976931348623157e308"),
            &format!("1, 1, 1, 1, -{most}, 1, '0.01', 1e-45, 5e-324"),
            &format!("1, 1, 1, 1, 0.{}1, 1.1, 10000, '-0', '-0'", "0".repeat(16_382)),
            "1, 1, 1, 1, 0, 0.0, 1, 0.1, 0.1",
            "1, 1, 1, 1, 1.000, 1000, 1, 16777216, 9007199254740993",
            "1, 1, 1, 1, 12340000, 0.1, 1, 1e10, 1e23",
            "1, 1, 1, 1, 100000000.00010000, 0.1, 1, 123456.789, 123456789.12345678",
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
        ],
    )
    .await;
    let text = archive.text("app/public.t.csv");
    let second = text.lines().nth(2).unwrap();
    assert_eq!(
        second,
        "32767,2147483647,9223372036854775807,4294967295,INF,12345678.9000,92233720368547758.07,INF,INF,2"
    );
}

#[tokio::test]
async fn texts_are_those_of_the_database_and_null_is_no_empty_text() {
    let archive = proven_values(
        r#"t text, v varchar(20), c char(5), n name, k "char", x xml, b bytea, y boolean, u uuid"#,
        &[
            "'', '', '', '', '', '', '', true, '00000000-0000-0000-0000-000000000000'",
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
            r#"E'two\nlines\r\n"quoted", \\. \u0001 🎒', ' blanks ', 'a', 'a"b', 'k', '<a b="c">&amp;</a>', '\x00ff0a', false,
               'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"#,
            r"'\.', 'NULL', ' a ', ',', ',', ' ', '\x22', true, 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
        ],
    )
    .await;
    let text = archive.text("app/public.t.csv");
    assert!(text.starts_with("t,v,c,n,k,x,b,y,u,id\n\"\",\"\",     ,\"\",\"\",\"\",\"\",true,0000"), "{text}");
    assert!(text.contains("\n,,,,,,,,,2\n"), "{text}");
}

#[tokio::test]
async fn a_null_in_a_table_of_one_column_is_no_empty_text() {
    let database = database_of(r"CREATE TABLE t (a text); INSERT INTO t VALUES (''), (NULL), ('\.'), ('x')").await;
    compared(&database, &Csv).await;
    compared(&database, &Jsonl).await;
}

#[tokio::test]
async fn times_reach_from_the_first_to_the_last_that_there_are() {
    let archive = proven_values(
        "d date, t time, z timetz, s timestamp, w timestamptz, i interval, p timestamp(0)",
        &[
            "'infinity', '24:00', '24:00:00-15:59', 'infinity', 'infinity', '-1 year +2 mons -3 days +04:05:06.789', 'infinity'",
            "'-infinity', '00:00', '00:00:00+15:59', '-infinity', '-infinity', '1 year -2 mons 3 days -04:05:06.000001', NULL",
            "'4713-01-01 BC', '23:59:59.999999', '12:34:56.7+05:30', '4713-01-01 00:00 BC', '4713-01-02 00:00+00 BC', \
             '-178000000 years', NULL",
            "'5874897-12-31', '12:00', '12:00+00', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', \
             '178000000 years', NULL",
            "'0044-03-15 BC', '12:00:00.1', '12:00:00.100000-03', '0001-12-31 23:59:59.5 BC', '0044-03-15 12:00+00 BC', \
             '0', NULL",
            "'0001-01-01', '12:00:00.000001', '12:00+02', '0001-01-01 00:00', '0001-01-01 00:00+00', '1 microsecond', NULL",
            "'10000-01-01', '01:02:03', '01:02:03+01:30', '10000-01-01 01:02:03.000400', '9999-12-31 23:59:59.999999+00', \
             '-00:00:01', NULL",
            "'2024-02-29', '13:05', '13:05+01', '2024-02-29 13:05:00.25', '2024-02-29 13:05:00.25+01', '1 day', \
             '2024-02-29 13:05'",
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL",
        ],
    )
    .await;
    let text = archive.text("app/public.t.csv");
    let line = text.lines().nth(8).unwrap();
    assert_eq!(
        line,
        "2024-02-29,13:05:00,13:05:00+01,2024-02-29T13:05:00.25,2024-02-29T12:05:00.25Z,P1D,2024-02-29T13:05:00,8"
    );
}

#[tokio::test]
async fn json_is_what_was_stored() {
    proven_values(
        "j json, b jsonb, o jsonb NOT NULL",
        &[
            r#"E'{ "a" : 1,\n "a": 2, "b": 1.10 }', '{"a": 1, "b": [1, 2.50, null, "x\ny"]}', '{"a": 1}'"#,
            r#"'null', 'null', '{}'"#,
            r#"' "text" ', '"text"', '{"a": {"b": []}}'"#,
            r#"'[1, 2]', '[]', '{"": ""}'"#,
            r#"'1e400', '-0.00', '{"a": 12345678901234567890123456789.123456789}'"#,
            r#"NULL, NULL, '{"ü": "\u00fc"}'"#,
        ],
    )
    .await;
}

#[tokio::test]
async fn what_has_no_form_of_its_own_in_csv_is_written_as_postgresql_does() {
    proven_values_with(
        "SELECT lo_create(700)",
        "i inet, c cidr, m macaddr, m8 macaddr8, b bit(3), v varbit, p point, l line, s lseg, x box, h path, g polygon, \
         o circle, r int4range, n numrange, w tstzrange, mr int4multirange, dr datemultirange, tv tsvector, tq tsquery, \
         ls pg_lsn, cl regclass, ty regtype, ti tid, sn pg_snapshot",
        &[
            "'10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '101', '', '(1,-0)', '{1,2,3}', \
             '[(0,0),(1,1)]', '(1,1),(0,0)', '[(0,0),(1,1)]', '((0,0),(1,1),(2,0))', '<(0,0),1e300>', 'empty', '[1.10,)', \
             '[2020-01-01 00:00+00,infinity)', '{}', '{[2020-01-01,2020-02-01),[2021-01-01,)}', 'a:1A b:2', 'a & !b', '0/0', \
             'pg_class', 'int4', '(0,1)', '10:20:10,14,15'",
            "'::1', 'fe80::/10', NULL, NULL, '000', '10110', '(1e-300,NaN)', '{0,-1,0}', '[(0.1,0.2),(0.3,0.4)]', \
             '(Infinity,1),(0,0)', '((0,0),(1,1))', '((0,0))', '<(1,1),0>', '(,5)', '(,)', '(,)', '{(,3),[5,7)}', '{}', \
             '''it''''s'' \"q\"', '''a b''', 'FFFFFFFF/FFFFFFFF', NULL, NULL, NULL, NULL",
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
             NULL, NULL, NULL, NULL, NULL, NULL",
        ],
    )
    .await;
}

#[tokio::test]
async fn arrays_are_json_where_json_can_say_them() {
    let archive = proven_values_with(
        "CREATE TYPE mood AS ENUM ('so so', 'a,\"b\"'); CREATE TYPE pair AS (a int, b text); \
         CREATE DOMAIN cents AS numeric(9, 2)",
        "i int[], n numeric[], t text[], b boolean[], f float8[], s float4[], w timestamptz[], z timestamp[], d date[], \
         h time[], y bytea[], c pair[], m mood[], j json[], jb jsonb[], u uuid[], iv interval[], ch char(3)[], cd cents[], \
         r int4range[], p point[]",
        &[
            r#"'{1,NULL,-3}', '{1.10,NaN,Infinity,-Infinity,12345678901234567890.000}', '{"a,b","\"","\\",NULL,"NULL","",ü}',
               '{t,f,NULL}', '{0.1,-0,NaN,Infinity,-Infinity,1e300,5e-324}', '{0.1,1e38}',
               '{"2020-01-01 00:00:00.5+01",infinity,"0044-03-15 00:00+00 BC","10000-01-01 00:00+00"}',
               '{"2020-01-01 00:00:00.5",-infinity}', '{2020-01-01,infinity,"0044-03-15 BC"}', '{24:00,00:00:00.000001}',
               '{"\\x00ff",NULL,"\\x"}', '{"(1,\"a\"\"b\")","(,)",NULL}', '{"so so","a,\"b\"",NULL}',
               ARRAY['null'::json, NULL, '"x"', '{"a":  1}', '[1, 2]', '"NULL"'],
               ARRAY['null'::jsonb, NULL, '"x"', '{"a":  1}', '[1, 2]'],
               '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '{"1 day -00:00:01",NULL}', '{a,"b  ",NULL}', '{1.10,NULL}',
               '{"[1,2)",empty}', '{"(1,2)","(3,4)"}'"#,
            r#"'{{1,2},{3,NULL}}', '{{{1.0}}}', '{{a,b},{"{","}"}}', '{{t}}', '{{0}}', '{}', '{}', '{}', '{}', '{}',
               '{{"\\x01"}}', '{}', '{{"so so"}}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'"#,
            r#"'[2:3]={1,2}', '[0:0]={1.5}', '[-1:0][2:3]={{"a]={",b},{c,d}}', '[5:5]={t}', '[0:1]={NaN,1}', '{1}', '{}', '{}',
               '{}', '{}', '[0:0]={"\\x01"}', '{}', '[3:3]={"so so"}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'"#,
            "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
             NULL, NULL",
        ],
    )
    .await;
    let text = archive.text("app/public.t.csv");
    let first =
        r#""[1,null,-3]","[1.10,""NaN"",""Infinity"",""-Infinity"",12345678901234567890.000]","[""a,b"",""\"""",""#;
    assert!(text.lines().nth(1).unwrap().starts_with(first), "{text}");
}

#[tokio::test]
async fn a_row_within_a_row_is_there_even_if_a_part_of_it_or_all_of_it_is_null() {
    proven_values_with(
        "CREATE TYPE pair AS (a int, b text); CREATE TYPE nested AS (p pair, l pair[]); CREATE DOMAIN known AS pair; \
         CREATE TABLE of_table (x int, y text); INSERT INTO of_table VALUES (1, 'x')",
        "p pair, n nested, k known, o of_table",
        &[
            "ROW(1, 'a,\"b'), ROW(ROW(1, NULL), ARRAY[ROW(2, 'x')::pair, NULL]), ROW(1, ''), ROW(1, '')",
            "ROW(1, NULL), ROW(NULL, NULL), ROW(NULL, 'x'), ROW(NULL, '')",
            "ROW(NULL, NULL), NULL, ROW(NULL, NULL), ROW(NULL, NULL)",
            "NULL, NULL, NULL, NULL",
        ],
    )
    .await;
}

#[tokio::test]
async fn domains_and_enums_are_what_they_are_made_of() {
    let archive = proven_values_with(
        r#"CREATE TYPE mood AS ENUM ('', 'so so', 'a,"b"', 'ü'); CREATE DOMAIN cents AS numeric(9, 2) CHECK (VALUE > -10);
           CREATE DOMAIN price AS cents NOT NULL; CREATE DOMAIN list AS int[]; CREATE DOMAIN bytes AS bytea;
           CREATE DOMAIN feeling AS mood; CREATE DOMAIN moment AS timestamptz; CREATE DOMAIN spans AS interval"#,
        "m mood, p price, l list, b bytes, f feeling, w moment, s spans",
        &[
            "'', 1.5, '{1,2}', '\\x', 'so so', '2020-01-01 00:00+00', '1 day'",
            "'a,\"b\"', 0, '[0:1]={1,2}', '\\x00', 'ü', 'infinity', '-1 s'",
            "NULL, 0.00, NULL, NULL, NULL, NULL, NULL",
        ],
    )
    .await;
    assert!(archive.text("app/public.t.csv").starts_with("m,p,l,b,f,w,s,id\n\"\",1.50,\"[1,2]\",\"\",so so,2020"));
}

#[tokio::test]
async fn generated_and_identity_columns_are_there_like_all_others() {
    let archive = proven(
        &database_of(
            "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, gone int, \
                             twice int GENERATED ALWAYS AS (a * 2) STORED, s serial); \
             INSERT INTO t (a) VALUES (3), (NULL); ALTER TABLE t DROP COLUMN gone",
        )
        .await,
    )
    .await;
    assert_eq!(archive.text("app/public.t.csv"), "id,a,twice,s\n1,3,6,1\n2,,,2\n");
    let descriptor = archive.descriptor();
    let field = descriptor["resources"][0]["schema"]["fields"][2].clone();
    assert_eq!(field["carryall"]["generated"], true, "{field}");
}

#[tokio::test]
async fn types_of_extensions_are_written_as_they_write_themselves() {
    let database = Postgres::shared().database().await;
    let known = "SELECT count(*)::text FROM pg_available_extensions WHERE name IN ('hstore', 'citext', 'ltree')";
    if database.value(known).await != "3" {
        return;
    }
    database
        .execute(
            r#"CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree;
               CREATE TABLE t (c citext PRIMARY KEY, h hstore, a citext[], l ltree, ha hstore[]);
               INSERT INTO t VALUES ('Ab', '"a"=>"1", "b"=>NULL, "q\"" => ""', '{A,"b c",NULL}', 'a.b', '{"a=>1",NULL}'),
                                    ('', '', '{}', '', '{}'), ('x', NULL, NULL, NULL, NULL)"#,
        )
        .await;
    proven(&database).await;
}

#[tokio::test]
async fn a_database_that_is_not_in_utf8_is_exported_in_utf8() {
    let database = Postgres::shared().database_in("LATIN1", "C").await;
    database
        .execute(
            "SET client_encoding = 'UTF8'; CREATE TYPE mood AS ENUM ('gefühl'); \
             CREATE TABLE \"größe\" (\"ä\" text, j jsonb, l text[], m mood); \
             INSERT INTO \"größe\" VALUES ('é', '{\"ü\": \"ö\"}', '{ß}', 'gefühl')",
        )
        .await;
    let archive = proven(&database).await;
    assert_eq!(archive.text("app/public.größe.csv"), "ä,j,l,m\né,\"{\"\"ü\"\": \"\"ö\"\"}\",\"[\"\"ß\"\"]\",gefühl\n");
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "a test that fails shows it")]
async fn random_values_of_random_types_in_random_tables_are_exact() {
    let seed = std::env::var("CARRYALL_TEST_SEED").unwrap_or_else(|_| Uuid::new_v4().simple().to_string());
    println!("CARRYALL_TEST_SEED={seed} makes the same tables again");
    let database = Postgres::shared().database().await;
    python_with("random_postgres.py", &[&seed], &database.address());
    sound(compared(&database, &Jsonl).await);
    // The descriptor does not say how a CSV is written, and of some of these frictionless guesses wrong.
    compared(&database, &Csv).await;
}
