"""Words, and texts made of them: how often each comes follows Zipf's law, so that texts compress like real ones.

Among them are what breaks exporters: commas, quotes, line ends of both kinds, tabs, backslashes, emoji, right-to-left
text, and words that begin with `=` or `@`.
"""

WORDS = """the to and a of customer for is in on that was with it account called not we this be at have from they
service router modem will tech been as no has but said signal speed outage tower when new are them after by payment
install invoice line out up did issue down home need our internet about power today over can had wants ticket check
get also equipment so radio fiber reset an call back date if reported fix plan more time access which because before
connect until work house send credit bill upgrade replace port test cable switch ping packet loss advise confirm
schedule window arrive roof pole drop splice splitter light level card autopay decline bank update expire address
move cancel contract month charge fee late refund promo discount tax receive balance due overdue suspend restore
voicemail email text message reply follow supervisor manager escalate office dispatch truck driver weather storm
lightning tree branch cut damage repair order ship stock serial firmware version config backup static address subnet
gateway dns wireless channel interference noise floor antenna alignment bracket mount ladder attic basement wall
outlet breaker voltage battery inverter solar phone number voice fax extension caller spouse tenant landlord owner
neighbor business school church farm ranch county road highway gate dog locked key code hours morning afternoon
evening tomorrow yesterday monday tuesday wednesday thursday friday weekend holiday week year slow fast good bad
intermittent steady stable resolved pending waiting unknown complete partial failure error timeout latency jitter
buffer stream video game download upload megabit gigabit limit usage cap threshold alert monitor graph report log
detail history question answer agree refuse accept request approve deny sign document picture attach scan copy file
thank please sorry again still only already almost never always maybe however therefore further another every each
both many several few first second third last next previous same different other own such than then there these
those through under until upon very where while who why would could should might must shall may like into between
during without within along across behind beyond plus except toward around near against per via""".split()

HOSTILE = r"""naïve café Zürich Muñoz Łódź señal façade résumé 東京 株式会社 お客様 接続 Привет связь отключение
مرحبا اتصال שלום לקוח 🙂 🚧 📡 ⚡ ✅ 👩🏽‍🔧 € £ ½ — “quoted” ‘single’ … =SUM(A1) @home +1 -- \\server\share
C:\Temp\log.txt 50% #4411 a/b "ASAP" "no,thanks" O'Brien <b>bold</b> &amp; ;drop NULL""".split() + ["\t", "\\N"]

FIRST_NAMES = """James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
Joseph Jessica Thomas Sarah Charles Karen José Zoë Siân Björn Łukasz Anaïs Nguyễn Mei Yuki Ahmed Fatima Olga Dmitri
Priya Arjun Chloé Renée Søren Håkon Aoife""".split()
LAST_NAMES = """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez
Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson
O'Neill D'Angelo Müller Nuñez Østergaard Kowalczyk Šimić Lindström van-der-Berg Nguyen""".split()
CITIES = """Springfield Riverside Franklin Greenville Bristol Clinton Fairview Salem Madison Georgetown Arlington
Ashland Dover Oxford Jackson Burlington Manchester Milton Newport Auburn Centerville Dayton Lexington Milford
Winchester Cleveland Hudson Kingston Montréal Peñasco""".split()
STREETS = "Main Oak Pine Maple Cedar Elm Washington Lake Hill Park River Spring Ridge Church Mill Sunset".split()
STATES = "WI MN IA IL TX OK KS NE CO MT WY ID OR WA CA AZ NM UT NV MO AR TN KY OH MI IN PA NY".split()

# Stands for a number, which is different each time.
NUMBER = " \0"
# The tokens are drawn with two random bytes each, so each has its share of this many places.
PLACES = 1 << 16


def places():
    """Each token as many times as it is likely, in PLACES places."""
    forms = WORDS + [word + "s" for word in WORDS[60:]]
    forms += [word + end for word in WORDS[60:240] for end in ("ed", "ing")]
    forms += [word.capitalize() for word in WORDS[:160]]
    weights = {}
    for rank, word in enumerate(dict.fromkeys(forms)):
        weight = (rank + 3.2) ** -0.92
        weights |= {f" {word}": weight, f" {word},": weight * 0.07, f" {word}.": weight * 0.08}
    total = sum(weights.values())
    weights |= {f" {word}": total * 0.0006 for word in HOSTILE}
    weights |= {".\n": total * 0.01, ".\r\n\r\n- ": total * 0.003, NUMBER: total * 0.035}
    total = sum(weights.values())
    filled = []
    reached = 0
    for token, weight in weights.items():
        reached += weight
        filled += [token] * (round(reached / total * PLACES) - len(filled))
    return filled


TOKEN = places().__getitem__
NUMBER_BITS = (7, 10, 17, 27, 33)


def text(random, words):
    """A text of so many words."""
    drawn = "".join(map(TOKEN, memoryview(random.randbytes(2 * words)).cast("H")))
    if "\0" in drawn:
        first, *rest = drawn.split("\0")
        numbers = [str(random.getrandbits(NUMBER_BITS[int(random.random() * 5)])) + part for part in rest]
        drawn = first + "".join(numbers)
    return drawn.removeprefix(" ")
