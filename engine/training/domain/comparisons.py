"""Which of two things is bigger, faster, heavier and so on: asked in both orders."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand
from .phrases import rows, sentence
from .tables import content

# word | first thing | second: the first is more of it
PAIRS = rows("""
bigger | an elephant | a mouse
bigger | a whale | a shark
bigger | a horse | a dog
bigger | the sun | the earth
bigger | the earth | the moon
bigger | a football | a tennis ball
bigger | a watermelon | an apple
bigger | an ocean | a lake
bigger | a city | a village
bigger | a cow | a goat
bigger | an eagle | a sparrow
bigger | a bus | a car
bigger | Asia | Europe
bigger | Russia | France
bigger | Jupiter | Mars
bigger | a lion | a cat
bigger | an ostrich | a hen
bigger | a pumpkin | a cherry
faster | a cheetah | a horse
faster | a plane | a car
faster | a train | a bicycle
faster | a rocket | a plane
faster | a horse | a cow
faster | a rabbit | a turtle
faster | a dog | a snail
faster | a falcon | a pigeon
faster | a car | a bicycle
heavier | an elephant | a horse
heavier | iron | wood
heavier | gold | silver
heavier | a stone | a feather
heavier | lead | iron
heavier | a truck | a car
heavier | a kilogram | a pound
heavier | water | oil
heavier | a bear | a fox
taller | a giraffe | an elephant
taller | a tree | a bush
taller | a tower | a house
taller | a mountain | a hill
longer | a mile | a kilometer
longer | a meter | a foot
longer | a yard | a foot
longer | an hour | a minute
longer | a year | a month
longer | a week | a day
longer | a century | a decade
longer | the Nile | the Rhine
longer | a river | a stream
longer | a snake | a worm
hotter | fire | water
hotter | the sun | the earth
hotter | summer | winter
hotter | the desert | the pole
hotter | Venus | Mars
colder | ice | water
colder | winter | spring
colder | Antarctica | Africa
harder | a diamond | glass
harder | stone | wood
harder | steel | gold
harder | iron | butter
older | a grandfather | a father
older | a mother | her daughter
older | the piano | the computer
older | the wheel | the car
louder | thunder | a whisper
louder | a trumpet | a flute
louder | a lion | a mouse
sweeter | honey | a lemon
sweeter | sugar | salt
brighter | the sun | the moon
brighter | a lamp | a candle
deeper | the sea | a pond
deeper | a well | a puddle
softer | a pillow | a stone
softer | wool | wood
smaller | an ant | a mouse
smaller | a mouse | a cat
smaller | an atom | a molecule
smaller | a pea | a potato
smaller | a puddle | a lake
lighter | a feather | a stone
lighter | helium | air
lighter | oil | water
slower | a snail | a mouse
slower | a turtle | a rabbit
slower | sound | light
shorter | a minute | an hour
shorter | a centimeter | an inch
shorter | February | March
""")

_WORDINGS = expand("""
    [which is|what is|which one is|what's|tell me which is|do you know what is] {more} {a} or {b}
    [is {a} or {b} {more}|which of {a} and {b} is {more}|{more} {a} or {b}|what is the {more} one {a} or {b}]
    [compare {a} and {b} which is {more}|what would be {more} {a} or {b}]
    """)


def _facts() -> tuple[Fact, ...]:
    facts = []
    for more, first, second in PAIRS:
        for a, b in ((first, second), (second, first)):
            text = sentence(f"{first} is {more} than {second}")
            facts.append(Fact({"more": more, "a": a.lower(), "b": b.lower()}, text, (*content(first), more)))
    return tuple(facts)


INTENTS: tuple[Intent, ...] = (Intent("compare_things", _WORDINGS, _facts(), ("and {a} or {b}", "what about {a} and {b}")),)
