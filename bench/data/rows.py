"""One function a table, which makes one row of it: a tuple of texts and None, as a database would write the values.

Every function takes the random numbers of its block, the number of the row (from 1), and how many rows each table has.
Blobs are written in hexadecimal, booleans as 1 and 0.
"""

import hashlib
import json
import math
from datetime import date, timedelta

from words import CITIES, FIRST_NAMES, HOSTILE, LAST_NAMES, STATES, STREETS, WORDS, text

DAYS = [str(date(2020, 1, 1) + timedelta(days=day)) for day in range(6 * 366)]
SECONDS = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86400)]
YEAR = 365 * 86400

PLANS = (
    "Fiber 100/20", "Fiber 500/100", "Fiber 1G/1G", "Wireless 25/5", "Wireless 50/10", "Business 250, static IP",
    "Voice Line", 'IPTV "Family"', "Router rental", "Dedicated 1G",
)  # fmt: skip
PRICES = (1999, 2999, 4999, 5999, 7999, 9999, 24999)
STATUSES = ("Active", "Active", "Active", "Active", "Inactive", "Suspended", "Lead", "Delinquent")
# The type, the end of the name, and whether it is text: the others are compressed already.
DOCUMENTS = (
    ("application/pdf", "pdf", False), ("image/jpeg", "jpg", False), ("text/plain", "txt", True),
    ("application/xml", "xml", True), ("image/png", "png", False),
)  # fmt: skip


def users(random, i, counts):
    first, last = pick(random, FIRST_NAMES), pick(random, LAST_NAMES)
    name = f"{first.lower()}.{last.lower()}{i}"
    theme = pick(random, ("dark", "light"))
    preferences = {"theme": theme, "page": below(random, 90), "columns": random.sample(WORDS, 6)}
    return (
        str(i), name, name + "@example.net", f"{first} {last}",
        pick(random, ("admin", "support", "billing", "field tech", "read-only")), flag(random, 0.6),
        moment(random) if random.random() < 0.9 else None, as_json(preferences), moment(random),
    )  # fmt: skip


def settings(random, i, counts):
    value = {
        "enabled": random.random() < 0.5,
        "value": text(random, 12),
        "limits": [random.getrandbits(30) for _ in range(5)],
        "nested": {"a": None, "b": random.random(), "c": random.sample(HOSTILE, 4)},
    }
    return (str(i), f"module{i % 17}.{pick(random, WORDS)}_{i}", as_json(value) if i % 11 else None, moment(random))


def accounts(random, i, counts):
    first, last = pick(random, FIRST_NAMES), pick(random, LAST_NAMES)
    business = random.random() < 0.2
    email = random.random()
    guid = f"{random.getrandbits(128):032x}"
    fields = {"tower": f"TWR-{below(random, 60)}", "survey": text(random, 6), "vip": random.random() < 0.05}
    return (
        str(i), f"{guid[:8]}-{guid[8:12]}-{guid[12:16]}-{guid[16:20]}-{guid[20:]}", f"AC-{i * 7 + 100003:07}",
        f"{last} {pick(random, STREETS)}, Inc." if business else f"{first} {last}", pick(random, STATUSES),
        "business" if business else "residential", str(1 + i % 3), money(int(random.gauss(2000, 9000))),
        None if email < 0.06 else "" if email < 0.1 else f"{first.lower()}.{last.lower()}{i}@example.com",
        phone(random) if random.random() < 0.95 else None, f"{below(random, 19999)} {pick(random, STREETS)} St.",
        f"Apt #{below(random, 400)}" if random.random() < 0.2 else None if random.random() < 0.8 else "",
        pick(random, CITIES), pick(random, STATES), f"{501 + below(random, 99000):05}", "US",
        f"{random.uniform(25, 49):.6f}" if random.random() < 0.9 else None,
        f"{random.uniform(-124, -67):.6f}" if random.random() < 0.9 else None,
        DAYS[below(random, 1800)] if random.random() < 0.9 else None, flag(random, 0.8),
        as_json(fields) if random.random() < 0.5 else None, moment(random), moment(random),
    )  # fmt: skip


def contacts(random, i, counts):
    last = pick(random, LAST_NAMES)
    return (
        str(i), one_of(random, counts["accounts"]), pick(random, FIRST_NAMES), last if random.random() < 0.97 else None,
        pick(random, ("Owner", "Spouse", "Billing", "Technical", "")) if random.random() < 0.7 else None,
        f"{last.lower()}{i}@example.org" if random.random() < 0.8 else None,
        phone(random) if random.random() < 0.8 else None, pick(random, ("en", "en", "en", "es", "fr")),
        flag(random, 0.6), moment(random), moment(random),
    )  # fmt: skip


def services(random, i, counts):
    mac = random.randbytes(6)
    attributes = {"olt": below(random, 40), "pon": below(random, 16), "serial": f"ALCL{random.getrandbits(32):08X}"}
    return (
        str(i), one_of(random, counts["accounts"]), pick(random, PLANS),
        pick(random, ("data", "data", "voice", "expiring", "one-time")),
        f"10.{mac[0]}.{mac[1]}.{mac[2]}" if random.random() < 0.85 else None,
        mac.hex(":").upper() if random.random() < 0.8 else None, money(pick(random, PRICES)),
        str(1024 * pick(random, (25, 50, 100, 500, 1000))), str(1024 * pick(random, (5, 10, 20, 100, 1000))),
        flag(random, 0.85), as_json(attributes) if random.random() < 0.6 else None, moment(random),
    )  # fmt: skip


def invoices(random, i, counts):
    day = i * 1800 // counts["invoices"]
    subtotal = pick(random, PRICES) + (below(random, 1000) if random.random() < 0.3 else 0)
    tax = subtotal * 55 // 1000
    paid = random.random() < 0.93
    return (
        str(i), one_of(random, counts["accounts"]), f"INV-{DAYS[day][:4]}-{i:07}", DAYS[day], DAYS[day + 20],
        "paid" if paid else pick(random, ("open", "void", "overdue")), money(subtotal), money(tax),
        money(subtotal + tax), "0.00" if paid else money(subtotal + tax), "USD",
        text(random, 8) if random.random() < 0.12 else None, moment(random, day * 86400 + 300 + i % 3000),
    )  # fmt: skip


def invoice_items(random, i, counts):
    day = i * 1800 // counts["invoice_items"]
    quantity = 100 + below(random, 99900) if random.random() < 0.17 else 20000 if random.random() < 0.2 else 10000
    price = pick(random, (1999, 2999, 4999, 5999, 7999, 9999, 1000, 500, -500))
    plan = pick(random, PLANS)
    return (
        str(i), str(1 + i * counts["invoices"] // (counts["invoice_items"] + 1)),
        one_of(random, counts["services"]) if random.random() < 0.9 else None,
        plan if random.random() < 0.7 else f"{plan}, prorated {1 + below(random, 30)} days",
        f"{quantity // 10000}.{quantity % 10000:04}", money(price), money(price * quantity // 10000),
        pick(random, ("ST", "FUSF", "E911")) if random.random() < 0.5 else None, DAYS[day], DAYS[day + 30],
    )  # fmt: skip


def payments(random, i, counts):
    method = pick(random, ("card", "card", "card", "ach", "check", "cash"))
    reference = response = None
    if method == "check":
        reference = str(below(random, 9999))
    elif method != "cash":
        reference = f"ch_{random.getrandbits(96):024x}"
    if method == "card" and random.random() < 0.5:
        response = (
            f'{{"avs": "{pick(random, "YNZAX")}", "brand": "{pick(random, ("visa", "mc", "amex"))}",'
            f' "code": "{below(random, 1000000):06}", "last4": "{below(random, 10000):04}"}}'
        )
    return (
        str(i), one_of(random, counts["accounts"]),
        one_of(random, counts["invoices"]) if random.random() < 0.8 else None, method,
        money(pick(random, (2109, 3164, 5274, 6329, 8439, 10549, 100 + below(random, 99900)))), "USD", reference,
        response, flag(random, 0.94), moment(random, i * (5 * YEAR - 86400) // counts["payments"] + random.getrandbits(14)),
    )  # fmt: skip


def tickets(random, i, counts):
    return (
        str(i), one_of(random, counts["accounts"]) if random.random() < 0.9 else None,
        one_of(random, counts["users"]) if random.random() < 0.7 else None,
        text(random, 3 + below(random, 9)).replace("\n", " "),
        text(random, 10 + below(random, 81)) if random.random() < 0.9 else None,
        pick(random, ("open", "closed", "closed", "closed", "pending")), str(1 + below(random, 4)), moment(random),
        moment(random) if random.random() < 0.7 else None, DAYS[below(random, 1800)] if random.random() < 0.4 else None,
    )  # fmt: skip


def ticket_comments(random, i, counts):
    return (
        str(i), str(1 + i * counts["tickets"] // (counts["ticket_comments"] + 1)),
        one_of(random, counts["users"]) if random.random() < 0.8 else None,
        text(random, 4 + int(random.expovariate(1 / 80))), flag(random, 0.3), moment(random),
    )  # fmt: skip


def notes(random, i, counts):
    return (
        str(i), one_of(random, counts["accounts"]), one_of(random, counts["users"]) if random.random() < 0.85 else None,
        pick(random, ("low", "normal", "normal", "high")),
        text(random, 5) if random.random() < 0.5 else None if random.random() < 0.5 else "",
        text(random, 6 + int(random.expovariate(1 / 105)) if random.random() < 0.999 else 4000),
        moment(random), moment(random),
    )  # fmt: skip


def documents(random, i, counts):
    mime, ending, is_text = pick(random, DOCUMENTS)
    size = min(2_000_000, 40 + int(math.exp(random.gauss(9.2, 1))))
    if not is_text:
        content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + random.randbytes(size)
    else:
        content = text(random, size // 6).encode()[:size]
        if ending == "xml":
            parts = (content[start : start + 40].replace(b"<", b" ") for start in range(0, len(content), 40))
            lines = (b'<row id="%d"><v>%s</v></row>\n' % (number, part) for number, part in enumerate(parts))
            content = b'<?xml version="1.0"?>\n' + b"".join(lines)
    kind = pick(random, ("contract", "w9, signed", "site photo", "log"))
    return (
        str(i), one_of(random, counts["accounts"]), f"{pick(random, FIRST_NAMES)} {kind}_{i}.{ending}", mime,
        str(len(content)), hashlib.sha256(content).hexdigest(), content.hex() if random.random() < 0.99 else None,
        moment(random),
    )  # fmt: skip


def usage_samples(random, i, counts):
    service = i % counts["services"]
    x = random.random()
    received = int(math.exp(random.gauss(15.5, 2.2)))
    return (
        str(i), str(1 + service), at(4 * YEAR + i // counts["services"] * 300), str(received),
        str(received // (6 + below(random, 15))), None if x < 0.03 else f"{4 + 30 * x * x:.3f}",
        None if x > 0.97 else money(-5000 - int(x * 2300)),
    )  # fmt: skip


def pick(random, values):
    return values[int(random.random() * len(values))]


def below(random, end):
    return int(random.random() * end)


def one_of(random, count):
    """The number of a row of another table."""
    return str(1 + int(random.random() * count))


def flag(random, likely):
    return "1" if random.random() < likely else "0"


def at(second):
    """A time, in seconds since the beginning of 2020."""
    day, second = divmod(second, 86400)
    return f"{DAYS[day]} {SECONDS[second]}"


def moment(random, second=None):
    """A time with microseconds, of the five years if no second is given."""
    return f"{at(int(random.random() * 5 * YEAR) if second is None else second)}.{random.getrandbits(19):06}"


def money(cents):
    return f"{cents // 100}.{cents % 100:02}" if cents >= 0 else f"-{-cents // 100}.{-cents % 100:02}"


def phone(random):
    return f"({201 + below(random, 789)}) {200 + below(random, 800)}-{below(random, 10000):04}"


def as_json(value):
    return json.dumps(value, ensure_ascii=False)
