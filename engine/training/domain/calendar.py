"""Days, months, seasons and the clock's units."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import sentence

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
LENGTHS = ("thirty one", "twenty eight", "thirty one", "thirty", "thirty one", "thirty", "thirty one", "thirty one", "thirty",
           "thirty one", "thirty", "thirty one")
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
SEASONS = "spring summer autumn winter".split()
SEASON_OF = {"spring": "March April May", "summer": "June July August", "autumn": "September October November",
             "winter": "December January February"}

_FOLLOW_UPS = ("and {x}", "what about {x}", "how about {x}", "and {w} {x}", "and what comes {w} {x}", "now the one {w} {x}")


def _neighbours(kind: str, names: list[str], which: str, step: int) -> Intent:
    """What comes after (step 1) or before (step -1) each name of a circle of names."""
    ending = ("what follows {x}", "which {k} follows {x}", "what {k} follows {x}") if step == 1 else (
        "what precedes {x}", "{x} comes after what", "{x} follows which {k}")
    wordings = ("what comes {w} {x}", "which {k} comes {w} {x}", "what {k} comes {w} {x}", "which {k} is {w} {x}",
                "what {k} is {w} {x}", "what is the {k} {w} {x}", "what's the {k} {w} {x}", "the {k} {w} {x}",
                "tell me the {k} {w} {x}", "tell me which {k} comes {w} {x}", "tell me what comes {w} {x}",
                "do you know the {k} {w} {x}", "do you know what comes {w} {x}", "do you know which {k} comes {w} {x}",
                "name the {k} {w} {x}", "give me the {k} {w} {x}", "say the {k} {w} {x}", "what do we have {w} {x}",
                "which {k} do we have {w} {x}", "{w} {x} comes what", "{w} {x} comes which {k}", *ending)
    facts = tuple(Fact({"x": name.lower(), "w": which, "k": kind},
                       sentence(f"{names[(i + step) % len(names)]} comes {which} {name}"),
                       (names[(i + step) % len(names)].lower(),)) for i, name in enumerate(names))
    return Intent(f"{kind}_{which}", wordings, facts, _FOLLOW_UPS)


INTENTS: tuple[Intent, ...] = (
    *(_neighbours(kind, names, which, step)
      for kind, names in (("day", DAYS), ("month", MONTHS), ("season", SEASONS))
      for which, step in (("after", 1), ("before", -1))),
    Intent(
        "tomorrow",
        ("if today is {day} what is tomorrow", "today is {day} what is tomorrow", "if it is {day} what day is tomorrow",
         "it is {day} today what day is tomorrow", "if it's {day} today what day comes tomorrow",
         "today is {day} so tomorrow is what", "what day is tomorrow if today is {day}", "what is tomorrow if today is {day}",
         "which day is tomorrow if today is {day}", "when today is {day} what day is it tomorrow",
         "today's {day} which day will it be tomorrow", "tell me tomorrow's day if today is {day}",
         "if today is {day} then which day is tomorrow"),
        tuple(Fact({"day": day.lower()}, f"Then tomorrow is {DAYS[(i + 1) % 7]}.", (DAYS[(i + 1) % 7].lower(),))
              for i, day in enumerate(DAYS)),
        ("and if today is {day}", "and on {day}", "what if it is {day}", "what about {day}", "and if it's {day}",
         "how about {day}"),
    ),
    Intent(
        "yesterday",
        ("if today is {day} what was yesterday", "today is {day} what was yesterday", "if it is {day} what day was yesterday",
         "it is {day} today what day was yesterday", "today is {day} so yesterday was what",
         "what day was yesterday if today is {day}", "what was yesterday if today is {day}",
         "which day was yesterday if today is {day}", "when today is {day} what day was it yesterday",
         "today's {day} which day was yesterday", "tell me yesterday's day if today is {day}",
         "if today is {day} then which day was yesterday"),
        tuple(Fact({"day": day.lower()}, f"Then yesterday was {DAYS[i - 1]}.", (DAYS[i - 1].lower(),))
              for i, day in enumerate(DAYS)),
        ("and if today is {day}", "and on {day}", "what if it is {day}", "what about {day}", "and if it's {day}",
         "how about {day}"),
    ),
    Intent(
        "month_length",
        ("how many days are in {month}", "how many days are there in {month}", "how many days does {month} have",
         "how many days has {month}", "how many days in {month}", "days in {month}", "the number of days in {month}",
         "what is the number of days in {month}", "tell me how many days {month} has", "how long is {month}",
         "tell me how many days are in {month}", "do you know how many days {month} has", "how long is the month of {month}",
         "do you know how many days are in {month}", "how many days are in the month of {month}",
         "how many days long is {month}", "how many days does the month of {month} have", "{month} has how many days",
         "how many days do we have in {month}", "i want to know how many days {month} has", "what is the length of {month}",
         "count the days of {month}"),
        tuple(Fact({"month": month.lower()}, f"It has {length} days.", tuple(length.split()))
              for month, length in zip(MONTHS, LENGTHS)),
        ("and {month}", "what about {month}", "how about {month}", "and in {month}", "and how many in {month}",
         "and for {month}"),
    ),
    Intent(
        "month_number",
        ("which number is the month {month}", "what number is {month}", "what number month is {month}",
         "which month of the year is {month}", "what month of the year is {month}",
         "what place in the year does {month} have", "where in the year is {month}", "where does {month} come in the year",
         "{month} is which month of the year", "{month} is what month of the year", "what is the number of {month}",
         "the number of the month {month}", "tell me which number {month} is", "tell me which month of the year {month} is",
         "do you know which number {month} is", "do you know which month of the year {month} is",
         "what number in the year is {month}", "what number does {month} have", "which number does the month of {month} have",
         "at what place in the year is {month}"),
        tuple(Fact({"month": month.lower()}, f"{month} is the {ordinal} month.", (ordinal,))
              for month, ordinal in zip(MONTHS, ORDINALS)),
        ("and {month}", "what about {month}", "how about {month}", "and where is {month}", "and the number of {month}",
         "and which one is {month}"),
    ),
    Intent(
        "nth_month",
        ("what is the {nth} month", "what is the {nth} month of the year", "which month is the {nth}", "the {nth} month",
         "which is the {nth} month of the year", "what's the {nth} month", "what's the {nth} month of the year",
         "name the {nth} month", "name the {nth} month of the year", "tell me the {nth} month",
         "tell me the {nth} month of the year", "the {nth} month of the year", "do you know the {nth} month",
         "do you know the {nth} month of the year", "what is the {nth} month called", "what do we call the {nth} month",
         "which month comes {nth} in the year", "which month is {nth} in the year", "say the {nth} month of the year",
         "give me the {nth} month of the year"),
        tuple(Fact({"nth": ordinal}, f"{month} is the {ordinal} month.", (month.lower(),))
              for month, ordinal in zip(MONTHS, ORDINALS)),
        ("and the {nth}", "and the {nth} month", "what about the {nth}", "how about the {nth} month", "and the {nth} one",
         "and which is the {nth}"),
    ),
    Intent(
        "nth_day",
        ("what is the {nth} day of the week", "which is the {nth} day of the week", "which day of the week is the {nth}",
         "the {nth} day of the week", "what's the {nth} day of the week", "name the {nth} day of the week",
         "tell me the {nth} day of the week", "do you know the {nth} day of the week", "which day comes {nth} in the week",
         "what is the {nth} day in a week", "what do we call the {nth} day of the week", "say the {nth} day of the week",
         "give me the {nth} day of the week", "what is the {nth} day of the week called", "which day is {nth} in the week"),
        tuple(Fact({"nth": ordinal}, f"The {ordinal} day of the week is {day}.", (day.lower(),))
              for day, ordinal in zip(DAYS, ORDINALS)),
        ("and the {nth}", "and the {nth} day", "what about the {nth}", "how about the {nth} day", "and the {nth} one",
         "and which is the {nth}"),
    ),
    Intent(
        "season",
        ("which season is {month} in", "what season is {month} in", "in which season is {month}",
         "{month} is in which season", "what season is it in {month}", "which season is it in {month}",
         "what season do we have in {month}", "which season does {month} belong to", "what season does {month} belong to",
         "tell me the season of {month}", "tell me which season {month} is in", "do you know which season {month} is in",
         "the season of {month}", "what is the season in {month}", "what is the season of {month}",
         "{month} belongs to which season", "what season is the month of {month} in",
         "is {month} in spring summer autumn or winter", "what is the season when it is {month}",
         "what time of year is {month}"),
        tuple(Fact({"month": month.lower()}, f"{month} is in the {season}.", (season,))
              for season, months in SEASON_OF.items() for month in months.split()),
        ("and {month}", "what about {month}", "how about {month}", "and in {month}", "and the season of {month}",
         "and for {month}"),
    ),
    Intent(
        "weekend",
        ("is {day} in the weekend", "is {day} a weekend day", "is {day} a school day or weekend",
         "does {day} belong to the weekend", "is {day} part of the weekend", "tell me if {day} is in the weekend",
         "do you know if {day} is a weekend day", "is {day} a weekday or weekend", "{day} is it the weekend",
         "is it the weekend on {day}", "do we have weekend on {day}", "is {day} a weekday or a weekend day"),
        tuple(Fact({"day": day.lower()}, f"{day} is a {'weekend day' if i > 4 else 'weekday'}.",
                   ("weekend",) if i > 4 else ("weekday",)) for i, day in enumerate(DAYS)),
        ("and {day}", "what about {day}", "how about {day}", "and on {day}", "and is {day}", "what about on {day}"),
    ),
)
