"""Words about animals: he and she, groups, and what animals can do."""

from __future__ import annotations

from .animals import ANIMALS
from .intent import Fact, Intent
from .patterns import expand
from .phrases import sentence, with_article
from .tables import ABOUT_X, table

_MALES = """
horse | stallion
pig | boar
sheep | ram
goat | billy goat
cow | bull
duck | drake
goose | gander
deer | stag
hen | rooster
cat | tomcat
fox | dog fox
swan | cob
bee | drone
"""
_FEMALES = """
horse | mare
pig | sow
sheep | ewe
goat | nanny goat
deer | doe
fox | vixen
lion | lioness
tiger | tigress
swan | pen
peacock | peahen
donkey | jenny
"""
_GROUPS = """
wolves | pack
birds | flock
fish | school
lions | pride
cows | herd
bees | swarm
sheep | flock
geese | gaggle
puppies | litter
ants | colony
whales | pod
crows | murder
elephants | herd
kittens | litter
owls | parliament
monkeys | troop
seals | colony
chicks | brood
"""
# what is asked: (who can, who cannot)
_CAN = {
    "fly": ("duck, swan, owl, crow, pigeon, eagle, bee, butterfly, bat, parrot, seagull, stork, ladybug, goose, mosquito",
            "ostrich, dog, cat, horse, cow, elephant, snake, frog, fish, mouse, pig, snail, crab"),
    "swim": ("duck, dolphin, whale, seal, frog, swan, shark, otter, beaver, turtle, dog, crocodile, goose",
             "butterfly, hen, bee, sparrow, ladybug"),
    "climb trees": ("cat, squirrel, monkey, koala, leopard, sloth, woodpecker",
                    "cow, horse, sheep, whale, elephant, dolphin, pig"),
    "lay eggs": ("hen, duck, frog, snake, turtle, crocodile, salmon, penguin, ostrich, bee, goose, tortoise",
                 "cat, dog, cow, horse, whale, dolphin, bat, mouse, lion, sheep"),
    "see in the dark": ("owl, cat, fox", "hen, pigeon"),
    "sting": ("bee, wasp, scorpion, jellyfish", "butterfly, ladybug, frog, mouse"),
    "bark": ("dog, seal", "cat, cow, snail"),
}  # fmt: skip


def _abilities() -> tuple[Fact, ...]:
    facts = []
    for doing, (able, unable) in _CAN.items():
        for animals, answer, key in ((able, "Yes, {an} can {do}.", "yes"), (unable, "No, {an} cannot {do}.", "no")):
            for animal in animals.split(", "):
                plural = next((row[1] for row in ANIMALS if row[0] == animal and row[1]), "")
                slots = {"x": with_article(animal), "do": doing} | ({"animals": plural} if plural else {})
                facts.append(Fact(slots, answer.format(an=with_article(animal), do=doing), (key,)))
    return tuple(facts)


def _sex(kind: str, lines: str) -> Intent:
    facts = tuple(Fact({"x": fact.slots["x"]}, sentence(f"it is called {with_article(fact.slots['name'])}"), fact.key)
                  for fact in table("x", "name", answer="{name}", key="name", lines=lines))
    return Intent(f"{kind}_animal", expand(f"""
        [what is|what's|what do you call|what do we call|tell me the name of|the name of] a {kind} {{x}}
        [what is a {kind} {{x}} called|what's a {kind} {{x}} called|a {kind} {{x}} is called what]
        [what is the word for|the word for|do you know the word for|how do you call] a {kind} {{x}}
        """), facts, (f"and a {kind} {{x}}", f"what about a {kind} {{x}}"))


INTENTS: tuple[Intent, ...] = (
    _sex("male", _MALES),
    _sex("female", _FEMALES),
    Intent(
        "animal_crowd",
        expand("""
            [what is|what's|what do you call|what do we call|tell me the name of|the name of] a group of {x}
            [what is a group of {x} called|which word means many {x}|what is the word for many {x}|many {x} are called what]
            """),
        tuple(fact for fact in table("x", "name", answer="that is called a {name}", key="name", lines=_GROUPS)), ABOUT_X,
    ),
    Intent(
        "animal_can",
        expand("""
            [can|could] {x} {do}
            [can {animals} {do}|are {animals} able to {do}|do you think {animals} can {do}|is {x} able to {do}]
            [tell me if {x} can {do}|do you know if {x} can {do}|i want to know if {x} can {do}|tell me if {animals} can {do}]
            """),
        _abilities(), ("and {x}", "and can {x} {do}", "what about {x}", "and {animals}"),
    ),
)  # fmt: skip
