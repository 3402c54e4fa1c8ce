"""Word strings without a question in them, for learning to listen to any words in any order."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

_WORDS = {kind: tuple(words.split()) for kind, words in {
    "noun": """
        apple bread butter cheese egg fish meat milk rice salt soup sugar tea water wine cake lemon onion pepper potato
        honey jam house door window wall roof floor room kitchen garden garage stair ceiling corner shelf table chair bed
        sofa lamp carpet curtain mirror clock key lock box bag basket bottle bowl cup fork glass knife plate spoon pan pot
        candle blanket pillow towel soap brush arm back body bone brain chest ear elbow eye face finger foot hair hand head
        heart knee leg lip mouth neck nose shoulder skin stomach throat thumb toe tongue tooth wrist baby boy brother child
        cousin daughter father friend girl guest husband king lady man mother neighbour nurse parent pilot queen sister
        soldier son stranger student teacher thief uncle wife woman worker writer ant bear bee bird bull camel cat chicken
        cow crow deer dog donkey duck eagle fox frog goat goose horse lamb lion monkey mouse owl pig pigeon rabbit rat sheep
        snake spider squirrel swan tiger turtle whale wolf worm tree leaf branch root flower grass seed bush forest field
        hill mountain valley river lake sea ocean island beach stone rock sand dust mud cloud rain snow storm wind thunder
        lightning sun moon star sky earth fire smoke ice shadow light night morning evening summer winter autumn spring book
        letter page paper pen pencil picture map story song word name number question answer idea dream secret joke lesson
        plan car bus train ship boat plane bicycle truck wheel engine road street bridge tunnel station ticket journey
        harbour airport market shop bank school church hospital hotel library museum office palace prison theatre tower
        village city town country border hammer nail saw rope ladder needle thread button shirt coat dress hat jacket glove
        shoe sock boot belt pocket ring purse wallet coin money price gift letterbox parcel stamp phone radio camera
        computer screen machine battery wire tool toy ball drum guitar piano violin flute trumpet bell whistle sound noise
        voice silence whisper shout game race team prize winner war peace law judge crime danger accident doctor medicine
        pain fever health luck hope fear anger joy pride shame truth lie habit reason result
        """,
    "verb": """
        asks avoids bakes beats bends bites blames blows boils borrows bothers breaks brings builds burns buries buys calls
        carries catches changes chases checks chooses cleans climbs closes collects copies counts covers crosses cuts
        delivers describes destroys discovers draws drags drives drops eats enjoys enters examines explains feeds feels
        fetches fights fills finds finishes fixes folds follows forgets forgives gathers greets grows guards guesses hates
        hears helps hides hits holds hunts ignores imagines invites joins judges jumps keeps kicks kisses knows lends lifts
        likes loses loves makes marks meets melts mends misses mixes moves needs notices offers opens orders owns packs
        paints passes pays picks plants plays pours praises presses promises protects pulls pushes raises reaches reads
        remembers removes repairs reports rescues returns rides rings ruins saves scratches seeks sells sends serves sews
        shakes shares shows signs sings smells solves spills steals stops studies surprises swallows sweeps takes tastes
        teaches tears thanks throws ties touches trades treats trusts turns uses visits wakes wants warns washes wastes
        watches wears weighs welcomes wins wraps writes
        """,
    "moves": """
        arrives ascends bows coughs crawls cries dances disappears dives drifts falls flies floats frowns gallops gambles
        hesitates hops hurries kneels laughs lands leans listens lives marches nods rests rises rolls runs sails screams
        shines shivers sighs sits skates sleeps slides smiles sneezes snores speaks stands stares stays stumbles swims talks
        trembles vanishes waits walks wanders waves whistles winks wonders works worries yawns
        """,
    "adjective": """
        able alone angry bitter blind bold brave brief bright broad broken busy calm careful cheap cheerful clean clever
        cold common cool cruel curious curly damp dark dead deaf deep dirty dry dull dusty eager early easy empty fair
        faithful false famous fancy fast fat fierce fine firm flat foolish foreign free fresh friendly full funny gentle
        glad golden good grateful great greedy grey handsome happy hard harsh heavy high hollow honest hot huge humble
        hungry icy ill jealous kind large late lazy light little lonely long loose loud low lucky mad mean mild modern muddy
        narrow nasty neat nervous new noble noisy odd old open pale patient plain pleasant polite poor precious pretty proud
        pure purple quick quiet rare raw ready rich ripe rotten rough round royal rude sad safe sharp shiny short shy sick
        silent silly silver simple slow small smooth soft solid sour spare square steep sticky stiff straight strange strict
        strong stupid sudden sweet swift tall tame tender thick thin tidy tight tiny tired tough ugly useful useless vast
        warm weak wealthy wet white wicked wide wild wise wooden wrong yellow young
        """,
    "adverb": """
        again already almost always away badly bravely calmly carefully certainly clearly daily early easily finally gladly
        gently happily hardly here indoors kindly lately loudly nearly never nicely often once outside perhaps politely
        poorly proudly quickly quietly rarely really sadly secretly seldom silently slowly softly sometimes soon suddenly
        there today together tomorrow twice upstairs usually well yesterday
        """,
    "preposition": """
        about above across after against along among around at before behind below beneath beside between beyond by during
        for from in inside into near of off on onto opposite over past through to toward under until upon with within
        without
        """,
    "name": """
        adam alan alice amy andrew anna arthur barbara ben bob carl carol charles clara daniel david diana edward ellen emma
        eric eva felix frank fred george grace hannah harry helen henry irene ivan jack jacob james jane jennifer jim joan
        john julia karen kate kevin laura leo linda lisa louis lucy margaret maria mark martin mary max michael nancy nina
        norman oliver oscar patrick paul peter philip rachel ralph rebecca richard robert rosa ruth sam sarah simon sophie
        stephen susan thomas tina tom victor walter
        """,
    "place": """
        africa alaska america amsterdam arizona asia athens austria barcelona belgium berlin boston brazil cairo california
        canada chicago china cuba dallas denmark denver dublin egypt england europe finland florence france geneva germany
        greece hamburg hawaii holland india ireland israel italy jamaica japan kansas kenya korea lisbon london madrid
        mexico milan montreal morocco moscow munich nevada norway oregon oslo oxford paris peru poland portugal prague rome
        russia scotland spain sweden texas tokyo turkey venice vienna wales warsaw zurich
        """,
    "determiner": "the the the a this that every no my your his her our their some each another one",
    "pronoun": "i you we they",
    "doing": """
        ask bake borrow break bring build burn buy call carry catch change chase choose clean climb close count cut draw
        drive drop eat enjoy feed feel fetch fight fill find fix fold follow forget forgive greet grow guess hate hear help
        hide hold hunt ignore invite join keep kick know lend lift like lose love make meet mend miss move need offer open
        order own paint pay pick plant play pull push read remember repair save see sell send share show sign sing smell
        steal stop study take taste teach throw touch trust turn use visit want warn wash watch wear win write
        """,
    "modal": "can could may might must should will would cannot",
    "joining": "and but because while when if so or although unless",
}.items()}

_SENTENCES = (
    "{determiner} {adjective} {noun} {verb} {determiner} {noun}",
    "{determiner} {noun} {verb} {determiner} {adjective} {noun}",
    "{determiner} {noun} {moves} {preposition} {determiner} {noun}",
    "{determiner} {adjective} {noun} {moves} {adverb}",
    "{name} {verb} {determiner} {noun} {preposition} {place}",
    "{name} {adverb} {verb} {determiner} {adjective} {noun}",
    "{name} and {name} {doing} {determiner} {noun}",
    "{name} {moves} {joining} {name} {verb} {determiner} {noun}",
    "{pronoun} {modal} {doing} {determiner} {noun} {adverb}",
    "{pronoun} {doing} {determiner} {adjective} {noun} {preposition} {determiner} {noun}",
    "{modal} {pronoun} {doing} {determiner} {noun}",
    "{adverb} {determiner} {noun} {moves} {preposition} {place}",
    "{preposition} {determiner} {noun} {name} {verb} {determiner} {noun}",
    "{determiner} {noun} is {adjective} and {adjective}",
    "{determiner} {noun} of {name} is {adverb} {adjective}",
    "{determiner} {noun} {preposition} {determiner} {noun} is {adjective}",
    "{doing} {determiner} {adjective} {noun} {preposition} {place}",
    "{name} {moves} {adverb} {preposition} {determiner} {adjective} {noun}",
    "{adjective} {noun} {moves} {joining} {noun} {moves}",
    "{name} is {adjective} {joining} {determiner} {noun} {moves}",
    "{name} from {place} {verb} {noun} and {noun}",
    "there is {determiner} {adjective} {noun} {preposition} {place}",
    "{adjective} {adjective} {noun}",
    "{name} {moves}",
)


def strings(rng: random.Random, words: Sequence[str], domain_words: Sequence[str], sentences: Sequence[str]) -> Iterator[str]:
    """Endless strings of 2 to 10 words: domain words, pieces of `sentences`, nonsense of our own, dictionary `words`."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: _random(rng, domain_words), lambda: _pieces(rng, sentences), lambda: _nonsense(rng), lambda: _random(rng, words),
    )
    while True:
        (make,) = rng.choices(makers, (35, 15, 25, 25))
        made = make().split()
        if len(made) >= 2:
            yield " ".join(made[:10])


def _random(rng: random.Random, words: Sequence[str]) -> str:
    return " ".join(rng.choice(words) for _ in range(rng.randint(2, 10)))


def _pieces(rng: random.Random, sentences: Sequence[str]) -> str:
    """A sentence with its words shuffled, or the head of one spliced to the tail of another."""
    first, second = rng.choice(sentences).split(), rng.choice(sentences).split()
    if rng.random() < 0.5:
        rng.shuffle(first)
        return " ".join(first)
    return " ".join(first[:rng.randint(1, len(first))] + second[rng.randrange(len(second)):])


def _nonsense(rng: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: rng.choice(_WORDS[slot[1]]), rng.choice(_SENTENCES))
