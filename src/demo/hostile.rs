//! Texts that break careless exporters and importers. They are sown at fixed places, in turns, so that each is sure to
//! be there.

/// The one whose turn it is.
pub(super) fn nth<T: Copy, const N: usize>(texts: &[T; N], turn: i64) -> T {
    const { assert!(N > 0) };
    texts[usize::try_from(turn).unwrap_or_default() % N]
}

/// What people typed into free text.
pub(super) const TEXTS: [&str; 47] = [
    "",
    "=1+1",
    "=HYPERLINK(\"https://example.com/?q=\"&A1;\"click here\")",
    "=SUM(invoices!D:D)*-1",
    "+1 from me, please fix",
    "-10 % was promised on the phone",
    "@support: any news?",
    "\t=2*3 behind a tab",
    "one\ttab\tseparated\trow",
    "first line\nsecond line\n\nfourth line",
    "from Windows\r\nwith two lines\r\n",
    "an old Mac\rused these",
    "line separator\u{2028}paragraph separator\u{2029}next line\u{85}end",
    "\"quoted\"",
    "he said \"\"twice\"\", she said 'once'",
    "\"",
    "'",
    ",",
    ";",
    "a,b;c|d\te",
    "\\",
    "C:\\Users\\Zoë\\new\\table",
    "ends with a backslash\\",
    "\\n is not a line break, \\N is not nothing, \\t is no tab",
    "  two blanks before and after  ",
    "\u{a0}no-break blanks\u{a0}\u{202f}around\u{a0}",
    " ",
    "\n",
    "NULL",
    "null",
    "NaN",
    "-0",
    "007",
    "1e5",
    "3/4",
    "2026-02-30",
    "9007199254740993",
    "<b>bold</b> &amp; <script>alert('hi')</script> ]]>",
    "'); DROP TABLE notes; --",
    "{{ name }} ${name} %s %n {0}",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🧑🏿‍🚀 🇮🇸🇺🇦 1️⃣ ❤️‍🩹",
    "Zoe\u{308} and Zoë, n\u{303} and ñ, A\u{30a} and Å, o\u{302}\u{323} and ộ",
    "z\u{351}\u{36b}\u{343}a\u{35c}\u{361}l\u{322}\u{33b}g\u{311}\u{357}o\u{316}\u{30b}",
    "English, then שלום \"עולם\", then العربية (١٢٣), then English",
    "\u{202b}forced right to left\u{202c} \u{200f}and\u{200e} \u{2067}isolated\u{2069}",
    "\u{feff}begins with a byte order mark, has zero\u{200b}width\u{200d}signs",
    "𠮷野家 𝒳² ﬁne ½ ＡＢＣ ｱｲｳ ÿ \u{10ffff} \u{1b}[31mred\u{1b}[0m \u{7f}",
];

/// Names of customers.
pub(super) const COMPANIES: [&str; 14] = [
    "=Equals= Design, Inc.",
    "+Plus Apotheke",
    "-273° Ice Cream; Frozen \"Yoghurt\"",
    "@Home Coworking",
    "O'Rourke, Daly & \"Sons\"",
    " Leading Blank Ltd",
    "Trailing Blank Ltd ",
    "Back\\slash Records",
    "Tab\tular Data GmbH",
    "Two\nLines Publishing",
    "NULL",
    "🦩 Flamingo & 👩‍🍳 Catering",
    "Cafe\u{301} Ole\u{301}",
    "قهوة Café קפה 咖啡",
];

/// Names of people: given name, family name.
pub(super) const PEOPLE: [(&str, &str); 8] = [
    ("Jennifer", "Null"),
    ("Zoe\u{308}", "Ångstro\u{308}m"),
    ("Anne-Marie \"Amy\"", "D'Angelo; O'Hara"),
    ("=Max", "Muster, jun."),
    (" Ida", "Blank "),
    ("Nan", "True"),
    ("Đặng Thị", "Nguyễn"),
    ("Ọlá", "Ṣóyínká-Łęcka"),
];

/// Names of files, as people upload them.
pub(super) const FILE_NAMES: [&str; 12] = [
    "../up and away.txt",
    "..\\up\\and\\away.txt",
    "/tmp/absolute.txt",
    "C:\\scan.pdf",
    "CON.txt",
    "a/b?c*d:e|f.pdf",
    "name with \"quotes\", commas; more.pdf",
    " blank before and after .png ",
    "Vertrag (Größe ändern) – Müller.pdf",
    "合同_最终版_真的最终版.pdf",
    "عقد الخدمة.pdf",
    "family 👨‍👩‍👧‍👦 photo.png",
];
