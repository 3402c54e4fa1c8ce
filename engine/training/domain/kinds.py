"""What kind of thing something is: an oak is a tree. To add one, add it to its line."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Fact, Intent
from .patterns import expand
from .phrases import sentence, with_article
from .tables import content, members

# A name that begins with "+" takes no article.
KINDS = """
fruit: apple, pear, plum, peach, banana, cherry, lemon, lime, mango, melon, grape, pineapple, kiwi, fig, date, papaya, apricot,
 grapefruit, nectarine, pomegranate
berry: strawberry, raspberry, blueberry, blackberry, cranberry, gooseberry
vegetable: carrot, potato, cabbage, onion, leek, turnip, radish, beetroot, +broccoli, +spinach, +celery, +kale, +lettuce,
 +asparagus, cauliflower, artichoke, parsnip
nut: walnut, almond, hazelnut, cashew, pecan, pistachio, chestnut
grain: +wheat, +barley, +rye, +oats, +millet
spice: +pepper, +cinnamon, +saffron, +nutmeg, +paprika, +cumin, +vanilla, +ginger, clove
herb: +parsley, +basil, +mint, +thyme, +rosemary, +sage, +oregano, +dill
flower: rose, tulip, daisy, lily, sunflower, daffodil, orchid, carnation, poppy, violet, dandelion, pansy, snowdrop, marigold
tree: oak, beech, birch, maple, willow, poplar, ash, elm, chestnut tree, palm, pine, fir, spruce, larch, yew, cedar, olive tree
bush: lilac, rhododendron, holly, hawthorn, elder
bird: sparrow, blackbird, robin, starling, seagull, stork, heron, falcon, hawk, vulture, pelican, peacock, woodpecker, cuckoo,
 nightingale, magpie, kingfisher, swallow, albatross, flamingo, canary, toucan
fish: trout, carp, cod, herring, tuna, pike, eel, sardine, haddock, mackerel, perch, halibut, anchovy, sea horse
insect: beetle, wasp, mosquito, moth, grasshopper, cricket, dragonfly, termite, cockroach, flea, bumblebee, hornet
reptile: tortoise, alligator, gecko, iguana, cobra, python snake, viper, chameleon
amphibian: toad, newt, salamander
mammal: badger, otter, beaver, mole, hamster, guinea pig, moose, bison, antelope, leopard, jaguar, cheetah, hyena, rhinoceros,
 hippopotamus, gorilla, chimpanzee, baboon, lynx, raccoon, skunk, weasel, ferret, walrus, llama, buffalo, reindeer, porcupine,
 sloth, armadillo, anteater, mongoose, platypus
dog: poodle, dachshund, beagle, bulldog, terrier, collie, greyhound, dalmatian, sheepdog
musical instrument: piano, violin, guitar, flute, trumpet, drum, cello, harp, clarinet, oboe, bassoon, saxophone, trombone, tuba,
 viola, banjo, mandolin, accordion, recorder, harmonica, triangle to strike, xylophone, pipe organ, double bass, ukulele
vehicle: car, bus, truck, van, tram, tractor, bicycle, motorcycle, ambulance, taxi, fire engine, lorry
boat: canoe, kayak, raft, ferry, rowing boat, yacht, gondola, barge
aircraft: glider, jet, airship, seaplane
piece of furniture: table, chair, bed, sofa, wardrobe, desk, stool, bench, bookcase, armchair, cupboard, chest of drawers
piece of clothing: shirt, coat, jacket, skirt, dress, sweater, sock, scarf, glove, blouse, vest, raincoat, pullover
hat: beret, bowler, top hat, sombrero, cap, helmet
shoe: boot, sandal, slipper, sneaker, clog
fabric: +cotton, +silk, +wool, +linen, +velvet, +denim, +satin, +felt
tool: hammer, screwdriver, saw, spanner, chisel, drill, axe, rake, spade, pair of pliers, plane for wood
weapon: sword, spear, dagger, cannon, bow and arrow
drink: +juice, +wine, +beer
metal: +iron, +gold, +silver, +copper, +tin, +lead, +zinc, +aluminium, +nickel, +mercury the element, +titanium, +platinum,
 +magnesium
alloy: +steel, +brass, +bronze, +pewter
gas: +hydrogen, +nitrogen, +helium, +neon, +methane, +argon
gem: ruby, diamond, emerald, sapphire, topaz, opal, amethyst, garnet
rock: +granite, +limestone, +marble, +slate, +sandstone, +basalt, +chalk
dance: tango, polka, samba, rumba, foxtrot, +salsa, +flamenco
board game: +chess, +checkers, +backgammon, +ludo
card game: +poker, +bridge the game, +rummy, +solitaire, +whist
martial art: +judo, +karate, +aikido, +kung fu
sport: +football, +tennis, +hockey, +rugby, +golf, +basketball, +volleyball, +cricket the sport, +rowing, +fencing, +skiing,
 +swimming, +boxing, +baseball, +badminton, +archery
planet: +venus, +mars, +jupiter, +saturn, +uranus, +neptune, +earth
continent: +africa, +asia, +europe, +antarctica
ocean: the pacific, the atlantic, the arctic ocean, the indian ocean
organ of the body: heart, liver, stomach, brain, spleen
bone: skull, femur, collar bone, spine
shape: square, rectangle, pentagon, oval, rhombus, hexagon
solid: cube, sphere, cone, cylinder, pyramid shape
unit of length: meter, mile, inch, foot in measuring, yard in measuring, kilometer
unit of weight: kilogram, gram, ounce, pound in weighing, ton
unit of time: second, minute, hour, week, month
currency: euro, dollar, +yen, franc, peso, rupee
building: tower, barn, palace, cottage, skyscraper, warehouse, cathedral, lighthouse, windmill, hut, garage
dairy product: +butter, +cheese, +yogurt, +cream
pasta: +spaghetti, +macaroni, +ravioli, +tagliatelle
cheese: +cheddar, +brie, +gouda, +mozzarella, +parmesan
sauce: +ketchup, +mustard, +mayonnaise, +pesto, +gravy
bread: baguette, bagel, bun, pretzel
cake: muffin, doughnut, brownie, cupcake, pancake
language: +french, +german, +spanish, +latin, +greek, +italian, +japanese, +arabic, +hindi, +russian
religion: +christianity, +islam, +judaism, +hinduism, +buddhism
season: +winter, +summer, +spring the season
colour: +red, +blue, +green, +yellow, +purple, +turquoise, +scarlet, +beige, +maroon, +crimson, +indigo
toy: doll, teddy bear, spinning top, rattle, yo yo
family member: uncle, aunt, cousin, nephew, niece, grandmother, grandfather
feeling: +joy, +anger, +fear, +sadness, +love, +surprise
punctuation mark: comma, full stop, question mark, colon, semicolon, exclamation mark, apostrophe
part of speech: noun, verb, adjective, adverb, pronoun, preposition
art form: +painting, +poetry
book: dictionary, atlas, cookbook, encyclopedia, diary
bodily sense: +sight, +hearing, +smell, +taste, +touch
writing tool: pencil, pen, piece of crayon, fountain pen, quill
kitchen tool: whisk, ladle, spatula, grater, rolling pin, corkscrew, sieve, tin opener
"""


def _lines() -> str:
    """One kind a line: the table goes on over several."""
    return KINDS.strip().replace("\n ", " ")


def _facts() -> tuple[Fact, ...]:
    facts, seen = [], set()
    for kind, name in members(_lines()):
        free = name.startswith(("+", "the "))
        bare = name.removeprefix("+").removeprefix("the ")
        x = name.removeprefix("+") if free else with_article(bare)
        if x not in seen:
            seen.add(x)
            facts.append(Fact({"x": x, "bare": bare}, sentence(f"it is {_kind(kind)}"), content(kind)))
    return tuple(facts)


def _kind(kind: str) -> str:
    return kind if kind in ("pasta", "bread", "cheese") else with_article(kind)


INTENTS: tuple[Intent, ...] = (
    Intent(
        "kind",
        (*WHAT_IS, *expand("""
            what [kind|sort|type] of thing would you call {x}
            [what could you call {x}|what class of things does {x} belong to|to what group does {x} belong]
            """)),
        _facts(), AND_WHAT_IS,
    ),
)  # fmt: skip
