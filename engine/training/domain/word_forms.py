"""Forms of words: the past of verbs, comparing adjectives, more plurals, what a person who does it is called."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand
from .phrases import sentence

# verb past participle
VERBS = """
go went gone, be was been, see saw seen, eat ate eaten, drink drank drunk, run ran run, come came come, give gave given,
take took taken, make made made, do did done, say said said, have had had, know knew known, think thought thought,
get got got, find found found, tell told told, become became become, leave left left, feel felt felt, bring brought brought,
begin began begun, keep kept kept, hold held held, write wrote written, stand stood stood, hear heard heard, meet met met,
pay paid paid, sit sat sat, speak spoke spoken, lead led led, grow grew grown, lose lost lost, fall fell fallen,
send sent sent, build built built, understand understood understood, draw drew drawn, break broke broken,
spend spent spent, rise rose risen, drive drove driven, buy bought bought, wear wore worn, choose chose chosen,
seek sought sought, throw threw thrown, catch caught caught, teach taught taught, fly flew flown, sing sang sung,
swim swam swum, sleep slept slept, win won won, forget forgot forgotten, sell sold sold, fight fought fought,
ride rode ridden, ring rang rung, shake shook shaken, sweep swept swept, steal stole stolen, stick stuck stuck,
strike struck struck, swear swore sworn, tear tore torn, wake woke woken, weep wept wept, bite bit bitten, blow blew blown,
dig dug dug, feed fed fed, freeze froze frozen, hang hung hung, hide hid hidden, kneel knelt knelt, lay laid laid,
lend lent lent, lie lay lain, light lit lit, mean meant meant, shine shone shone, shoot shot shot, shrink shrank shrunk,
sink sank sunk, spin spun spun, spring sprang sprung, bend bent bent, cut cut cut, put put put, let let let, hit hit hit,
walk walked walked, play played played, help helped helped, work worked worked, ask asked asked, call called called,
look looked looked, jump jumped jumped, laugh laughed laughed, love loved loved, try tried tried, carry carried carried,
stop stopped stopped, open opened opened, paint painted painted, wash washed washed, cook cooked cooked
""".replace("\n", " ").split(",")

ADJECTIVES = """
good better best, bad worse worst, far farther farthest, big bigger biggest, small smaller smallest, tall taller tallest,
short shorter shortest, long longer longest, fast faster fastest, slow slower slowest, old older oldest,
young younger youngest, hot hotter hottest, cold colder coldest, warm warmer warmest, rich richer richest,
poor poorer poorest, strong stronger strongest, weak weaker weakest, happy happier happiest, easy easier easiest,
heavy heavier heaviest, light lighter lightest, dark darker darkest, clean cleaner cleanest, dirty dirtier dirtiest,
high higher highest, low lower lowest, deep deeper deepest, wide wider widest, thin thinner thinnest, thick thicker thickest,
near nearer nearest, late later latest, early earlier earliest, loud louder loudest, quiet quieter quietest,
soft softer softest, hard harder hardest, kind kinder kindest, nice nicer nicest, brave braver bravest, funny funnier funniest,
busy busier busiest, dry drier driest, wet wetter wettest, sweet sweeter sweetest, clever cleverer cleverest,
large larger largest, pretty prettier prettiest
""".replace("\n", " ").split(",")

PLURALS = """
cat cats, dog dogs, house houses, tree trees, book books, car cars, hand hands, boy boys, girl girls, horse horses,
bird birds, door doors, key keys, day days, toy toys, monkey monkeys, donkey donkeys, valley valleys, church churches,
watch watches, beach beaches, peach peaches, sandwich sandwiches, dish dishes, brush brushes, wish wishes, class classes,
glass glasses, dress dresses, kiss kisses, berry berries, cherry cherries, story stories, family families, party parties,
country countries, puppy puppies, penny pennies, body bodies, factory factories, butterfly butterflies, strawberry strawberries,
piano pianos, photo photos, radio radios, zoo zoos, volcano volcanoes, mosquito mosquitoes, roof roofs, chief chiefs,
crisis crises, fungus fungi, salmon salmon, series series, species species, policeman policemen, fireman firemen,
snowman snowmen, grandchild grandchildren, louse lice, die dice, penknife penknives, housewife housewives,
tax taxes, nose noses, bridge bridges, page pages, name names, table tables, river rivers
""".replace("\n", " ").split(",")


def _triples(lines: list[str]) -> list[list[str]]:
    return [line.split() for line in lines]


INTENTS: tuple[Intent, ...] = (
    Intent(
        "past",
        expand("""
            [what is|what's|tell me|do you know|give me|say|] the past [tense|form|] of {word}
            [what is {word} in the past|what is {word} in the past tense|put {word} into the past|{word} in the past tense]
            [today i {word} yesterday i what|how do you say {word} in the past|past tense of {word}]
            """),
        tuple(Fact({"word": verb}, f"The past of {verb} is {past}.", (past,)) for verb, past, _ in _triples(VERBS)),
        ("and of {word}", "and {word}", "what about {word}", "how about {word}", "and the past of {word}"),
    ),
    Intent(
        "forms",
        expand("""
            [what are|tell me|do you know|give me|say|] the [three forms|forms] of [|the verb] {word}
            [conjugate {word} in three forms|{word} and its other forms|list the forms of {word}]
            """),
        tuple(Fact({"word": verb}, sentence(", ".join(forms)), tuple(forms))
              for verb, *rest in _triples(VERBS) for forms in [(verb, *rest)] if rest[0] != rest[1]),
        ("and of {word}", "and {word}", "what about {word}", "how about {word}"),
    ),
    Intent(
        "comparative",
        expand("""
            [what is|what's|tell me|do you know|give me|] the comparative of {word}
            [comparative of {word}|how do you say more {word}|which word means more {word}|what is the word for more {word}]
            """),
        tuple(Fact({"word": word}, f"The comparative of {word} is {more}.", (more,)) for word, more, _ in _triples(ADJECTIVES)),
        ("and of {word}", "and {word}", "what about {word}", "how about {word}"),
    ),
    Intent(
        "superlative_of",
        expand("""
            [what is|what's|tell me|do you know|give me|] the superlative of {word}
            [superlative of {word}|how do you say most {word}|which word means most {word}|what is the word for most {word}]
            """),
        tuple(Fact({"word": word}, f"The superlative of {word} is {most}.", (most,)) for word, _, most in _triples(ADJECTIVES)),
        ("and of {word}", "and {word}", "what about {word}", "how about {word}"),
    ),
    Intent(
        "more_plurals",
        expand("""
            [what is|what's|tell me|do you know|give me|say|] the plural [of|form of] {word}
            [plural of {word}|one {word} two what|how do you say more than one {word}|put {word} into the plural]
            [what is {word} in the plural|what is more than one {word} called|i need the plural of {word}]
            """),
        tuple(Fact({"word": a}, f"The plural of {a} is {b}.", (b,)) for a, b in dict.fromkeys(map(tuple, _triples(PLURALS)))),
        ("and of {word}", "and the plural of {word}", "what about {word}", "how about {word}", "and {word}"),
    ),
)
