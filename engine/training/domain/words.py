"""Words: opposites, irregular plurals, spelling, first letters and rhymes."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import sentence

# Each word stands in one pair only, as both directions are asked.
OPPOSITES = """
hot cold, big small, tall short, fast slow, happy sad, up down, left right, open closed, light dark, day night, old young,
good bad, rich poor, strong weak, hard soft, wet dry, clean dirty, full empty, early late, high low, loud quiet, near far,
inside outside, in out, on off, over under, above below, before after, always never, yes no, black white, love hate,
win lose, buy sell, give take, push pull, start stop, begin end, come go, laugh cry, awake asleep, alive dead, thick thin,
wide narrow, deep shallow, heavy lightweight, sweet sour, smooth rough, sharp blunt, safe dangerous, easy difficult,
cheap expensive, true false, correct incorrect, first last, front back, top bottom, north south, east west, more less,
many few, everything nothing, everybody nobody, same different, brave cowardly, kind cruel, polite rude, lazy busy, ugly
beautiful,
fat slim, friend enemy, king queen, man woman, boy girl, brother sister, mother father, summer winter, morning evening,
heaven hell, war peace, question answer, teacher student, arrive leave, remember forget, find hide, sit stand, sink float,
save spend, borrow lend, build destroy, simple complicated, tight loose, straight bent, public private, guilty innocent,
future past, success failure, noisy silent, raw cooked, warm cool
""".replace("\n", " ").split(",")

PLURALS = """
mouse mice, child children, man men, woman women, foot feet, tooth teeth, goose geese, ox oxen, sheep sheep, fish fish,
deer deer, person people, leaf leaves, knife knives, wife wives, life lives, wolf wolves, half halves, shelf shelves,
loaf loaves, thief thieves, calf calves, elf elves, scarf scarves, cactus cacti, potato potatoes, tomato tomatoes,
hero heroes, baby babies, city cities, lady ladies, fairy fairies, box boxes, bus buses, fox foxes
""".replace("\n", " ").split(",")

SPELLED = """
cat dog cow pig hen fox bee ant owl bat rat bird fish frog duck goat lion bear wolf horse sheep mouse tiger zebra snake
sun moon star sky rain snow wind cloud storm tree leaf flower grass river lake sea hill house home door window roof
table chair bed lamp clock book pen paper box bag cup plate spoon fork knife milk water bread butter cheese egg apple
lemon grape cake sugar salt rice soup hat coat shoe sock shirt hand foot nose ear eye mouth head hair arm leg heart
king queen friend mother father sister brother baby school train plane boat car bus bike road city world music song ball
game happy green yellow blue white black brown small great night light water
""".split()

RHYMES = """
cat hat, dog frog, house mouse, tree bee, moon spoon, star car, light night, cake lake, king ring, ball wall, boat goat,
rain train, fish dish, bear chair, book cook, sun fun, day play, snow go, sky fly, red bed, blue shoe, green queen,
pen hen, box fox, clock sock, bell well, hand sand, head bread, nose rose, dream cream, gold cold, heart part,
hill mill, mouth south, knife life, phone bone, name game, best nest, wing sing, sheep sleep, five dive, ten men, pig wig
""".replace("\n", " ").split(",")


def _pairs(table: list[str]) -> list[list[str]]:
    return [pair.split() for pair in table]


def _distinct(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


INTENTS: tuple[Intent, ...] = (
    Intent(
        "opposite",
        ("what is the opposite of {word}", "what's the opposite of {word}", "opposite of {word}", "the opposite of {word}",
         "tell me the opposite of {word}", "do you know the opposite of {word}", "give me the opposite of {word}",
         "name the opposite of {word}", "say the opposite of {word}", "which word is the opposite of {word}",
         "what word is the opposite of {word}", "what word means the opposite of {word}", "what is the reverse of {word}",
         "what is the contrary of {word}", "tell me what the opposite of {word} is",
         "do you know what the opposite of {word} is", "what would be the opposite of {word}",
         "which word has the opposite meaning of {word}", "if something is not {word} what is the opposite",
         "find the opposite of {word}", "i need the opposite of {word}", "i want to know the opposite of {word}",
         "i am looking for the opposite of {word}", "{word} what is the opposite", "what is the opposite word of {word}",
         "what is the opposite of the word {word}", "the opposite of the word {word}", "{word} is the opposite of what",
         "{word} is the opposite of which word"),
        tuple(Fact({"word": a}, f"The opposite of {a} is {b}.", (b,))
              for pair in _pairs(OPPOSITES) for a, b in (pair, pair[::-1])),
        ("and of {word}", "and the opposite of {word}", "what about {word}", "how about {word}", "and for {word}",
         "and {word}", "and the word {word}"),
    ),
    Intent(
        "plural",
        ("what is the plural of {word}", "what's the plural of {word}", "plural of {word}", "the plural of {word}",
         "tell me the plural of {word}", "do you know the plural of {word}", "give me the plural of {word}",
         "say the plural of {word}", "what is the plural form of {word}", "the plural form of {word}", "one {word} two what",
         "one {word} and two what", "how do you say more than one {word}", "what do you call more than one {word}",
         "what do you call two of a {word}", "how do you make {word} plural", "what is {word} in the plural",
         "tell me what the plural of {word} is", "which word is the plural of {word}", "what word is the plural of {word}",
         "what is more than one {word} called", "i need the plural of {word}", "i want to know the plural of {word}",
         "put {word} into the plural", "do you know what the plural of {word} is"),
        tuple(Fact({"word": a}, f"The plural of {a} is {b}.", (b,)) for a, b in _pairs(PLURALS)),
        ("and of {word}", "and the plural of {word}", "what about {word}", "how about {word}", "and for {word}", "and {word}"),
    ),
    Intent(
        "spelling",
        ("how do you spell {word}", "how do i spell {word}", "how is {word} spelled", "spell {word}", "spell the word {word}",
         "how do you spell the word {word}", "how is the word {word} spelled", "how do you write {word}",
         "how do i write {word}", "how is {word} written", "how do you write the word {word}",
         "what is the spelling of {word}", "the spelling of {word}", "tell me how to spell {word}",
         "tell me how to write {word}", "do you know how to spell {word}", "do you know how {word} is spelled",
         "do you know the spelling of {word}", "spell out {word}", "spell {word} for me", "which letters are in {word}",
         "what are the letters of {word}", "say the letters of {word}", "what letters do you need for {word}",
         "i don't know how to spell {word}", "i want to spell {word}", "what is the right spelling of {word}",
         "give me the letters of {word}", "i want to know how to write {word}", "could you spell {word}"),
        tuple(Fact({"word": word}, sentence(f"{word} is spelled {', '.join(word)}"), tuple(word)) for word in _distinct(SPELLED)),
        ("and {word}", "what about {word}", "how about {word}", "and how do you spell {word}", "and the word {word}",
         "now spell {word}", "and how is {word} spelled"),
    ),
    Intent(
        "first_letter",
        ("what is the first letter of {word}", "what's the first letter of {word}", "first letter of {word}",
         "the first letter of {word}", "which letter does {word} start with", "what letter does {word} start with",
         "what does {word} start with", "what does {word} begin with", "which letter does {word} begin with",
         "what letter does {word} begin with", "{word} starts with which letter", "{word} begins with which letter",
         "with which letter does {word} start", "tell me the first letter of {word}",
         "do you know the first letter of {word}", "tell me which letter {word} starts with",
         "what is the first letter in {word}", "which letter comes first in {word}", "what letter comes first in {word}",
         "what letter is at the start of {word}", "which letter is at the beginning of {word}",
         "what is the first letter of the word {word}", "what letter does the word {word} start with",
         "name the first letter of {word}", "how does the word {word} start"),
        tuple(Fact({"word": word}, f"It starts with the letter {word[0]}.", (word[0],)) for word in _distinct(SPELLED)),
        ("and {word}", "what about {word}", "how about {word}", "and the first letter of {word}", "and the word {word}",
         "and what does {word} start with"),
    ),
    Intent(
        "rhyme",
        ("what rhymes with {word}", "which word rhymes with {word}", "what word rhymes with {word}",
         "tell me a rhyme for {word}", "give me a rhyme for {word}", "a rhyme for {word}", "rhyme with {word}",
         "find a rhyme for {word}", "do you know a rhyme for {word}", "do you know a word that rhymes with {word}",
         "name a word that rhymes with {word}", "tell me a word that rhymes with {word}",
         "give me a word that rhymes with {word}", "i need a rhyme for {word}", "a word that rhymes with {word}",
         "say something that rhymes with {word}", "what is a rhyme for {word}", "find a word that rhymes with {word}",
         "i am looking for a rhyme for {word}", "do you know what rhymes with {word}", "does anything rhyme with {word}",
         "what goes with {word} in a rhyme", "make a rhyme with {word}", "rhyme the word {word}", "what sounds like {word}"),
        tuple(Fact({"word": a}, sentence(f"{b} rhymes with {a}"), (b,)) for a, b in _pairs(RHYMES)),
        ("and with {word}", "and {word}", "what about {word}", "how about {word}", "and for {word}",
         "and what rhymes with {word}"),
    ),
)
