"""Computing words, short names and the symbols of elements."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .patterns import expand
from .tables import table, things

_WORDS = """
a computer | a machine that follows programs
a program | a list of steps for a computer
software | the programs of a computer
hardware | the parts of a computer you can touch
a processor | the part of a computer that calculates
a graphics card | a chip that calculates pictures and models
memory in a computer | where a computer keeps what it works on
a hard disk | a place where files stay
a file | a piece of stored data
a folder | a place for files
a keyboard | a board of keys for typing
a computer mouse | a thing that moves the pointer
a screen | what shows the picture of a computer
a pixel | one dot of a picture
a cursor | the mark where you type
a printer | a machine that puts words on paper
a scanner | a machine that reads paper
a laptop | a computer that you can carry
a server | a computer that serves others
a network | computers that are connected
the internet | a network of networks
a website | pages on the internet
a browser | a program that shows websites
a link | a word that leads to another page
an email | a letter between computers
spam | mail that nobody wanted
a password | a secret word that opens something
a computer virus | a program that harms computers
a backup | a second copy of your data
encryption | writing that only the key can read
a bug in a program | a mistake in a program
an algorithm | a clear list of steps
code | text that a computer can run
a programming language | a language for writing programs
a compiler | a program that translates code
a variable | a name for a value
a function | a named piece of code
a loop | code that runs again and again
a database | an orderly store of data
a bit | a zero or a one
a byte | eight bits
a kilobyte | about a thousand bytes
a megabyte | about a million bytes
a gigabyte | about a thousand million bytes
a chip | a tiny plate with many circuits
a transistor | a tiny electric switch
a robot | a machine that can act
a sensor | a part that notices the world
artificial intelligence | a machine that seems to think
a neural network | many simple cells that learn
machine learning | learning from examples
a language model | a model that guesses the next word
training data | the examples a model learns from
speech recognition | turning speech into text
speech synthesis | turning text into speech
a parameter of a model | a number that was learned
an app | a program for one purpose
an operating system | the program that runs the others
a window on a screen | a frame that shows a program
an icon | a small picture you can click
a menu in a program | a list of commands
a shortcut | keys that do something at once
the clipboard | a place for what you copied
a download | a file that you fetch
an update | a newer form of a program
open source | code that everybody may read
a cable | a wire with a cover
a router | a box that passes data on
bluetooth | a radio link for near things
a headset | headphones with a microphone
a spreadsheet | a table that calculates
a text editor | a program for writing
a screenshot | a picture of the screen
a video call | a talk with picture
cloud computing | computing on computers of others
a search engine | a program that finds pages
a game console | a computer for playing
a drone | a flying robot
virtual reality | a made up world that you see
a bar code | stripes that a machine reads
a touch screen | a screen that feels your finger
a smart phone | a phone that is a computer
a memory stick | a small store that you carry
binary | counting with zeros and ones
"""

_SHORT = """
c p u | central processing unit
g p u | graphics processing unit
r a m | random access memory
u s b | universal serial bus
p c | personal computer
w w w | world wide web
u r l | uniform resource locator
p d f | portable document format
a i | artificial intelligence
t v | television
d j | disc jockey
u f o | unidentified flying object
u s a | United States of America
u k | United Kingdom
u n | United Nations
e u | European Union
g p s | global positioning system
s m s | short message service
i q | intelligence quotient
v i p | very important person
b c | before Christ
d i y | do it yourself
f a q | frequently asked questions
k g | kilogram
c m | centimeter
k m | kilometer
m p h | miles per hour
l e d | light emitting diode
c d | compact disc
i d | identity
"""

_ELEMENTS = """
hydrogen | h
oxygen | o
carbon | c
nitrogen | n
sulfur | s
potassium | k
iodine | i
uranium | u
phosphorus | p
fluorine | f
gold | a, u
silver | a, g
iron | f, e
copper | c, u
tin | s, n
lead | p, b
zinc | z, n
mercury | h, g
sodium | n, a
calcium | c, a
helium | h, e
neon | n, e
aluminium | a, l
chlorine | c, l
nickel | n, i
platinum | p, t
magnesium | m, g
silicon | s, i
titanium | t, i
lithium | l, i
"""

_FORMULAS = """
salt | sodium and chlorine
carbon dioxide | carbon and oxygen
rust | iron and oxygen
ammonia | nitrogen and hydrogen
methane | carbon and hydrogen
sugar | carbon, hydrogen and oxygen
brass | copper and zinc
bronze | copper and tin
steel | iron and carbon
"""

INTENTS: tuple[Intent, ...] = (
    Intent("define.computing", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_WORDS), AND_WHAT_IS),
    Intent(
        "stands_for",
        expand("""
            what does {x} [stand for|mean]
            [what is|what's] {x} [short for|the short form of]
            [what is the long form of|the long form of|what do the letters mean in|i forgot what the letters mean in] {x}
            [{x} stands for what|{x} is short for what|tell me what {x} stands for|do you know what {x} stands for]
            """),
        table("x", "what", answer="it stands for {what}", key="what", lines=_SHORT),
        ("and {x}", "what about {x}", "how about {x}"),
    ),
    Intent(
        "symbol",
        expand("""
            [what is|what's|tell me|do you know|] the [symbol|chemical symbol|sign] [of|for] {x}
            [which letters stand for {x}|how do chemists write {x}|what do chemists write for {x}]
            """),
        table("x", "symbol", answer="the symbol of {x} is {symbol}", key="symbol", lines=_ELEMENTS),
        ("and {x}", "what about {x}", "how about {x}", "and of {x}"),
    ),
    Intent(
        "elements_in",
        expand("""
            [which elements are in|what elements are in|which elements make|which elements does it take for] {x}
            [tell me the elements in|do you know the elements in] {x}
            """),
        table("x", "what", answer="it is {what}", key="what", lines=_FORMULAS),
        ("and {x}", "what about {x}"),
    ),
)  # fmt: skip
