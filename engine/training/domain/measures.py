"""Units and shapes: how many of one thing make another."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import rows, sentence, with_article

# parts | whole | how many
UNITS = rows("""
seconds | a minute | sixty
minutes | an hour | sixty
minutes | half an hour | thirty
minutes | a quarter of an hour | fifteen
hours | a day | twenty four
hours | two days | forty eight
hours | half a day | twelve
minutes | two hours | one hundred twenty
days | a week | seven
days | two weeks | fourteen
days | a year | three hundred sixty five
days | a leap year | three hundred sixty six
days | a weekend | two
weeks | a year | fifty two
months | a year | twelve
months | half a year | six
months | two years | twenty four
seasons | a year | four
years | a decade | ten
years | a century | one hundred
years | a millennium | one thousand
decades | a century | ten
centuries | a millennium | ten
millimeters | a centimeter | ten
centimeters | a meter | one hundred
millimeters | a meter | one thousand
meters | a kilometer | one thousand
inches | a foot | twelve
feet | a yard | three
inches | a yard | thirty six
grams | a kilogram | one thousand
kilograms | a ton | one thousand
ounces | a pound | sixteen
milliliters | a liter | one thousand
pints | a gallon | eight
quarts | a gallon | four
cents | a dollar | one hundred
cents | a euro | one hundred
pennies | a pound | one hundred
eggs | a dozen | twelve
eggs | half a dozen | six
things | a pair | two
bits | a byte | eight
letters | the alphabet | twenty six
vowels | the alphabet | five
quarters | a dollar | four
degrees | a full circle | three hundred sixty
degrees | a right angle | ninety
cards | a deck of cards | fifty two
squares | a chess board | sixty four
""")

SIDES = {"triangle": "three", "square": "four", "rectangle": "four", "pentagon": "five", "hexagon": "six", "heptagon": "seven",
         "octagon": "eight", "cube": "six", "decagon": "ten"}


INTENTS: tuple[Intent, ...] = (
    Intent(
        "units",
        ("how many {parts} are in {whole}", "how many {parts} are there in {whole}", "how many {parts} does {whole} have",
         "how many {parts} in {whole}", "{parts} in {whole}", "{whole} has how many {parts}", "{whole} is how many {parts}",
         "how many {parts} make {whole}", "how many {parts} make up {whole}", "how many {parts} is {whole}",
         "tell me how many {parts} are in {whole}", "tell me how many {parts} {whole} has",
         "how many {parts} go into {whole}", "do you know how many {parts} are in {whole}",
         "do you know how many {parts} {whole} has", "what is the number of {parts} in {whole}",
         "the number of {parts} in {whole}", "how many {parts} do you get in {whole}",
         "how many {parts} do we have in {whole}", "how many {parts} fit in {whole}", "how many {parts} has {whole}",
         "i want to know how many {parts} are in {whole}", "i forgot how many {parts} are in {whole}",
         "say how many {parts} are in {whole}", "{whole} is made of how many {parts}"),
        tuple(Fact({"parts": parts, "whole": whole}, sentence(f"{whole} has {count} {parts}"), tuple(count.split()))
              for parts, whole, count in UNITS),
        ("and {parts} in {whole}", "and how many {parts} in {whole}", "what about {parts} in {whole}",
         "how about {parts} in {whole}", "and how many {parts} are in {whole}", "and how many {parts} does {whole} have"),
    ),
    Intent(
        "sides",
        ("how many sides does {a_shape} have", "how many sides has {a_shape}", "how many sides are there on {a_shape}",
         "how many sides are in {a_shape}", "how many sides on {a_shape}", "sides of {a_shape}",
         "the number of sides of {a_shape}", "what is the number of sides of {a_shape}",
         "tell me how many sides {a_shape} has", "{a_shape} has how many sides", "do you know how many sides {a_shape} has",
         "i want to know how many sides {a_shape} has", "count the sides of {a_shape}", "how many sides do {shape}s have",
         "how many sides can i count on {a_shape}", "how many sides does the {shape} have",
         "how many sides do you see on {a_shape}", "how many sides do you draw for {a_shape}",
         "how many sides must {a_shape} have", "say how many sides {a_shape} has"),
        tuple(Fact({"shape": shape, "a_shape": with_article(shape)}, f"It has {count} sides.", (count,))
              for shape, count in SIDES.items()),
        ("and {a_shape}", "what about {a_shape}", "how about {a_shape}", "and how many does {a_shape} have",
         "and for {a_shape}", "and the sides of {a_shape}"),
    ),
    Intent(
        "shape_with_sides",
        ("which shape has {n} sides", "what shape has {n} sides", "what is a shape with {n} sides called",
         "a shape with {n} sides", "what do you call a shape with {n} sides", "name a shape with {n} sides",
         "tell me a shape with {n} sides", "do you know a shape with {n} sides", "what has {n} sides",
         "which shape has exactly {n} sides", "give me a shape with {n} sides", "how do you call a shape with {n} sides",
         "what is the name of a shape with {n} sides", "find a shape with {n} sides", "what shape do you draw with {n} sides"),
        tuple(Fact({"n": SIDES[shape]}, sentence(f"{with_article(shape)} has {SIDES[shape]} sides"), (shape,))
              for shape in "triangle square pentagon hexagon heptagon octagon decagon".split()),
        ("and {n} sides", "and with {n} sides", "what about {n}", "how about {n} sides", "and one with {n}", "and with {n}"),
    ),
)
