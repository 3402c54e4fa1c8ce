"""Several of one unit in another, what is measured in what, and how measures are written short."""

from __future__ import annotations

from engine.models.wren.numbers import in_words

from .intent import Fact, Intent
from .patterns import expand
from .phrases import sentence
from .tables import table

# parts, wholes, how many parts a whole has, the numbers of wholes that are asked
_UNITS = (
    ("seconds", "minutes", 60, (2, 3, 4, 5, 10)),
    ("minutes", "hours", 60, (3, 4, 5, 6, 10)),
    ("hours", "days", 24, (3, 4, 5, 7)),
    ("days", "weeks", 7, (3, 4, 5, 6, 8, 10)),
    ("months", "years", 12, (3, 4, 5, 10)),
    ("weeks", "years", 52, (2, 3)),
    ("days", "years", 365, (2,)),
    ("years", "decades", 10, (2, 3, 4, 5)),
    ("years", "centuries", 100, (2, 3, 5)),
    ("inches", "feet", 12, (2, 3, 4, 5, 6, 10)),
    ("feet", "yards", 3, (2, 3, 4, 5, 10)),
    ("centimeters", "meters", 100, (2, 3, 4, 5, 10)),
    ("millimeters", "centimeters", 10, (2, 3, 4, 5, 10)),
    ("meters", "kilometers", 1000, (2, 3, 4, 5)),
    ("grams", "kilograms", 1000, (2, 3, 4, 5)),
    ("ounces", "pounds", 16, (2, 3, 4, 5)),
    ("milliliters", "liters", 1000, (2, 3, 4, 5)),
    ("pints", "gallons", 8, (2, 3, 5)),
    ("cents", "dollars", 100, (2, 3, 5, 10)),
    ("cents", "euros", 100, (2, 3, 5, 10)),
    ("bits", "bytes", 8, (2, 4, 8)),
    ("eggs", "dozen", 12, (2, 3, 4, 5)),
    ("things", "pairs", 2, (2, 3, 5, 10)),
)
_MEASURED = """
a length | meters
the length of a room | meters
the way between two cities | kilometers
a weight | kilograms
the weight of a letter | grams
a time | seconds
the time of a race | seconds
the temperature | degrees
electric current | amperes
electric voltage | volts
power | watts
a force | newtons
energy | joules
the loudness of a sound | decibels
a frequency | hertz
the size of a file | bytes
the volume of a drink | liters
an angle | degrees
the speed of a car | kilometers per hour
the speed of a ship | knots
the area of a flat | square meters
pressure | pascals
the wind | kilometers per hour
the way to a star | light years
the energy of food | calories
the price of a thing | money
"""
_TOOLS = """
the heat of a fever | a thermometer
weight | a scale
time | a clock
length | a ruler
the air pressure | a barometer
an angle | a protractor
speed in a car | a speedometer
the direction north | a compass
an earthquake | a seismograph
electric voltage | a voltmeter
the wind speed | an anemometer
rain | a rain gauge
the heart's beat | a stethoscope
"""
_ABOUT = """
an inch | about two and a half centimeters
a foot in length | about thirty centimeters
a yard in length | a bit less than a meter
a mile | about one point six kilometers
a pound | a bit less than half a kilogram
an ounce | about twenty eight grams
a gallon | a bit less than four liters
a pint | about half a liter
a kilometer | about six tenths of a mile
a kilogram | about two point two pounds
a meter | a bit more than three feet
a light year | about nine trillion kilometers
a nautical mile | about one point nine kilometers
an acre | about four thousand square meters
a hectare | ten thousand square meters
a stone in weight | fourteen pounds
a marathon run | about forty two kilometers
"""


def _several() -> tuple[Fact, ...]:
    facts = []
    for parts, whole, each, numbers in _UNITS:
        for n in numbers:
            wholes, count = f"{in_words(n)} {whole}", in_words(n * each)
            facts.append(Fact({"parts": parts, "whole": wholes}, sentence(f"{wholes} are {count} {parts}"), tuple(count.split())))
    return tuple(facts)


def _back() -> tuple[Fact, ...]:
    facts = []
    for parts, whole, each, numbers in _UNITS:
        for n in numbers:
            many, wholes = f"{in_words(n * each)} {parts}", f"{in_words(n)} {whole}"
            if n * each <= 120 or each in (100, 1000):
                facts.append(Fact({"many": many, "unit": whole}, sentence(f"that is {wholes}"), tuple(in_words(n).split())))
    return tuple(facts)


INTENTS: tuple[Intent, ...] = (
    Intent(
        "several_units",
        expand("""
            how many {parts} [are in|are there in|are|make|make up|do i have in|in|go into] {whole}
            [convert|change|turn] {whole} [into|to] {parts}
            [what is {whole} in {parts}|{whole} in {parts}|{whole} are how many {parts}|tell me how many {parts} are in {whole}]
            """),
        _several(), ("and {whole}", "and in {whole}", "what about {whole}", "and {parts} in {whole}"),
    ),
    Intent(
        "back_to_units",
        expand("""
            how many {unit} [are|make|is] {many}
            [convert|change|turn] {many} [into|to] {unit}
            [what is {many} in {unit}|{many} in {unit}|{many} are how many {unit}|tell me how many {unit} are {many}]
            """),
        _back(), ("and {many}", "what about {many}"),
    ),
    Intent(
        "measured_in",
        expand("""
            [how do you measure|in what do you measure|in which unit do you measure|in what unit do we measure] {x}
            [in which unit is {x} measured|which unit is for {x}|what is {x} measured in|what is the unit of {x}]
            """),
        table("x", "unit", answer="it is measured in {unit}", key="unit", lines=_MEASURED),
        ("and {x}", "what about {x}"),
    ),
    Intent(
        "measured_with",
        expand("""
            [with what|with which tool] do you measure {x}
            [what do you measure {x} with|what measures {x}|which tool measures {x}|which instrument measures {x}]
            [tell me what measures {x}|do you know what measures {x}|what is there to measure {x}]
            """),
        table("x", "tool", answer="you measure it with {tool}", key="tool", lines=_TOOLS), ("and {x}", "what about {x}"),
    ),
    Intent(
        "about_as_long",
        expand("""
            [how long is|how much is|how big is|how far is|how heavy is] {x}
            [tell me how much|do you know how much|i want to know how much] {x} is
            what is {x} in other units
            """),
        table("x", "what", answer="{x} is {what}", key="what", lines=_ABOUT), ("and {x}", "what about {x}"),
    ),
)  # fmt: skip
