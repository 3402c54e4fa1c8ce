"""Calendar arithmetic, the clock, and days of the year with a name."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .calendar import DAYS, MONTHS, ORDINALS
from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows, sentence
from .tables import content, table

HOURS = tuple(in_words(n) for n in range(1, 13))


def _steps(kind: str, names: list[str], counts: tuple[int, ...]) -> Intent:
    """What comes several steps after or before each name of a circle of names."""
    facts = []
    for i, name in enumerate(names):
        for n in counts:
            for way, step in (("after", n), ("before", -n)):
                found = names[(i + step) % len(names)]
                facts.append(Fact({"n": in_words(n), "way": way, "x": name.lower()}, f"That would be {found}.", (found.lower(),)))
    return Intent(f"{kind}_steps", expand(f"""
        [what|which] {kind} [is|comes|will be] {{n}} {kind}s {{way}} {{x}}
        [what is|what comes|tell me what is|do you know what is|what's|] {{n}} {kind}s {{way}} {{x}}
        [{{n}} {kind}s {{way}} {{x}} is what|tell me the {kind} {{n}} {kind}s {{way}} {{x}}]
        what {kind} do i get {{n}} {kind}s {{way}} {{x}}
        """), tuple(facts),
        ("and {n} " + kind + "s {way} {x}", "and {n} {way} {x}", "what about {n} {way} {x}"))


def _until() -> tuple[Fact, ...]:
    facts = []
    for i, first in enumerate(DAYS):
        for n in range(1, 7):
            days = "one day" if n == 1 else f"{in_words(n)} days"
            facts.append(Fact({"a": first.lower(), "b": DAYS[(i + n) % 7].lower()}, f"It is {days}.", tuple(days.split())))
    return tuple(facts)


def _clock() -> tuple[Fact, ...]:
    facts = []
    for i, hour in enumerate(HOURS):
        for n in range(1, 7):
            for way, step in (("after", n), ("before", -n)):
                found = HOURS[(i + step) % 12]
                hours = "one hour" if n == 1 else f"{in_words(n)} hours"
                slots = {"n": hours, "way": way, "x": f"{hour} o'clock"}
                facts.append(Fact(slots, f"That is {found} o'clock.", (found,)))
    return tuple(facts)


def _read() -> tuple[Fact, ...]:
    facts = []
    for i, hour in enumerate(HOURS):
        before = HOURS[i - 1]
        for said, digits in ((f"half past {hour}", f"{hour} thirty"), (f"quarter past {hour}", f"{hour} fifteen"),
                             (f"quarter to {hour}", f"{before} forty five"), (f"ten past {hour}", f"{hour} ten"),
                             (f"ten to {hour}", f"{before} fifty"), (f"twenty past {hour}", f"{hour} twenty")):
            facts.append(Fact({"x": said}, sentence(f"{said} is {digits}"), tuple(digits.split())))
    return tuple(facts)


def _afternoon() -> tuple[Fact, ...]:
    facts = []
    for hour in range(13, 24):
        part = "in the afternoon" if hour < 18 else "in the evening" if hour < 22 else "at night"
        found = f"{in_words(hour - 12)} {part}"
        facts.append(Fact({"x": f"{in_words(hour)} o'clock"}, sentence(f"that is {found}"), content(found)))
        facts.append(Fact({"x": f"{in_words(hour)} hundred hours"}, sentence(f"that is {found}"), content(found)))
    return tuple(facts)


_NAMED = """
Valentine's Day | the fourteenth of February
Saint Patrick's Day | the seventeenth of March
April Fools' Day | the first of April
May Day | the first of May
Bastille Day | the fourteenth of July
American Independence Day | the fourth of July
Halloween night | the last of October
All Saints' Day | the first of November
Christmas Eve | the twenty fourth of December
Christmas Day | the twenty fifth of December
Boxing Day | the twenty sixth of December
New Year's Eve | the last of December
Saint Nicholas' Day | the sixth of December
International Women's Day | the eighth of March
Earth Day | the twenty second of April
leap day | the twenty ninth of February
"""
_FLOATING = """
Easter | on a Sunday in spring
Thanksgiving in America | on a Thursday in November
Mother's Day in America | on a Sunday in May
the longest day of the north | in June
the shortest day of the north | in December
the school summer break | in summer
harvest time | in late summer and autumn
"""
_CENTURIES = (1492, 1517, 1616, 1666, 1750, 1776, 1789, 1815, 1848, 1865, 1899, 1912, 1945, 1969, 1989, 1999)
_NTH = {15: "fifteenth", 16: "sixteenth", 17: "seventeenth", 18: "eighteenth", 19: "nineteenth", 20: "twentieth"}
_DAY_PARTS = """
noon | twelve o'clock in the day
midnight | twelve o'clock at night
the morning | the time before noon
the afternoon | the time after noon
the evening | the end of the day
a weekday | a day from Monday to Friday
a fortnight | two weeks
a decade | ten years
a century | a hundred years
a millennium | a thousand years
a quarter of a year | three months
the day before yesterday | two days ago
the day after tomorrow | in two days
"""


def _year(year: int) -> str:
    return f"{in_words(year // 100)} {in_words(year % 100)}"


INTENTS: tuple[Intent, ...] = (
    _steps("day", DAYS, (2, 3, 4, 5)),
    _steps("month", MONTHS, (2, 3, 4, 6)),
    Intent(
        "days_until",
        expand("""
            how many days [is it|are there|are|] from {a} to {b}
            [how many days from {a} until {b}|if today is {a} how many days until {b}|from {a} to {b} how many days]
            [today is {a} when is {b}|how long is it from {a} to {b}|today is {a} how long until {b}]
            """),
        _until(), ("and from {a} to {b}", "what about from {a} to {b}"),
    ),
    Intent(
        "hours_on",
        expand("""
            what [time is it|is|will it be] {n} {way} {x}
            [{n} {way} {x}|tell me what time it is {n} {way} {x}|do you know what time it is {n} {way} {x}]
            [which hour is {n} {way} {x}|what is the time {n} {way} {x}]
            """),
        _clock(), ("and {n} {way} {x}", "what about {n} {way} {x}"),
    ),
    Intent(
        "clock_words",
        expand("""
            [what is|what's|how do you write|what time is|how else can you say] {x}
            [tell me what time {x} is|{x} in numbers|what is {x} in numbers|{x} is what time]
            """),
        _read(), ("and {x}", "what about {x}"),
    ),
    Intent(
        "afternoon_hours",
        expand("""
            [what is|what's|what time is|when is|tell me what is|what do you call] {x}
            [{x} is what time|what is {x} on a small clock|{x} what is that|at what time of day is {x}]
            """),
        _afternoon(), ("and {x}", "what about {x}"),
    ),
    Intent(
        "named_day",
        expand("""
            [when is|on which day is|what date is|on what date is|which date is|what day is] {x}
            [tell me when|do you know when|i want to know when|i forgot when] {x} is
            [when do people celebrate|when do we have|the date of] {x}
            """),
        (*table("x", "when", answer="it is on {when}", key="when", lines=_NAMED),
         *table("x", "when", answer="it is {when}", key="when", lines=_FLOATING)), ("and {x}", "what about {x}"),
    ),
    Intent(
        "century",
        expand("""
            [in which century is|in what century is|which century is|what century is|in which century was] the year {x}
            [in which century was|what century was] {x}
            """),
        tuple(Fact({"x": _year(y)}, f"It is in the {_NTH[y // 100 + 1]} century.", (_NTH[y // 100 + 1],)) for y in _CENTURIES),
        ("and {x}", "and the year {x}", "what about {x}"),
    ),
    Intent(
        "day_parts",
        expand("""
            [what is|what's|when is|what do you mean by|explain|how long is|what do people mean by] {x}
            [tell me what|do you know what] {x} is
            """),
        table("x", "what", answer="{x} is {what}", key="what", lines=_DAY_PARTS), ("and {x}", "what about {x}"),
    ),
    Intent(
        "season_start",
        expand("""
            [when|in which month|in what month] does {x} [start|begin]
            [what is the first month of|when is the start of|which month starts|when is the beginning of] {x}
            """),
        tuple(Fact({"x": x}, f"{x.capitalize()} starts in {m}.", (m.lower(),)) for x, m in rows("""
            spring | March
            summer | June
            autumn | September
            winter | December
            """)),
        ("and {x}", "what about {x}"),
    ),
    Intent(
        "month_order",
        expand("""
            which month [comes first|comes earlier|is earlier|is before the other] {a} or {b}
            tell me which comes first {a} or {b}
            [does {a} come before {b}|is {a} before {b}|what comes first {a} or {b}|which is earlier {a} or {b}]
            """),
        tuple(Fact({"a": MONTHS[i].lower(), "b": MONTHS[j].lower()}, f"{first} comes first.", (first.lower(),))
              for i in range(12) for j in range(12) if (i + 3 * j) % 2 for first in [MONTHS[min(i, j)]]),
        ("and {a} or {b}", "what about {a} and {b}"),
    ),
    Intent(
        "ordinal",
        expand("""
            [which word comes from|what is the ordinal of|how do you say the place of|what is the place word for] {x}
            [{x} as an ordinal|if you are number {x} which place is that|what place is number {x}]
            """),
        tuple(Fact({"x": in_words(i + 1)}, f"That is the {nth} place.", (nth,)) for i, nth in enumerate(ORDINALS)),
        ("and {x}", "what about {x}"),
    ),
)  # fmt: skip
