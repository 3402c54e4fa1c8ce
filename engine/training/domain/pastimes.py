"""Sports and games: definitions, and how many of what a game, an instrument or a flag has."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .patterns import expand
from .tables import table, things

_SPORT_WORDS = """
a goal | a point made by a ball in a net
a penalty | a free shot after a foul
a foul | something against the rules
a corner kick | a kick from the corner of the field
offside | being too close to the goal too early
a referee's whistle | what stops the game
a marathon | a run of forty two kilometers
a sprint | a short and fast run
a relay | a race where a team takes turns
a hurdle | a fence that runners jump over
the high jump | a jump over a bar
the long jump | a jump into the sand
the javelin | a spear that is thrown for distance
the decathlon | ten contests in two days
a triathlon | swimming cycling and running
a medal | a prize that hangs from the neck
a trophy | a cup for the winner
a tournament | a row of games for one winner
a stadium | a big place for sports
a racket | what tennis players hit with
a tie game | a game that nobody wins
a strike in bowling | all pins down at once
a knockout | the end of a fight by one blow
checkmate | the end of a chess game
castling | a move of king and rook together
a pawn | the smallest piece in chess
a rook | the chess piece that looks like a tower
a knight in chess | the piece that jumps
a bishop in chess | the piece that moves diagonally
a joker | a card that can be any card
an ace | the card with one sign
a dice game | a game of luck with cubes
a puzzle | a picture in many pieces
a crossword | a grid of words with clues
hide and seek | a game of finding people
a kite | a toy that flies on a string
"""

_HOW_MANY = """
players | a football team | eleven
players | a basketball team | five
players | a volleyball team | six
players | a baseball team | nine
players | a handball team | seven
players | an ice hockey team | six
pieces | a chess player | sixteen
pawns | a chess player | eight
squares | a chess board | sixty four
cards | a deck | fifty two
aces | a deck | four
suits | a deck | four
pins | a bowling lane | ten
holes | a golf course | eighteen
halves | a football game | two
strings | a harp | forty seven
strings | a ukulele | four
strings | a banjo | five
strings | a double bass | four
lines | a sonnet | fourteen
lines | a limerick | five
lines | a haiku | three
lines | a music staff | five
black keys | a piano | thirty six
white keys | a piano | fifty two
stars | the American flag | fifty
stripes | the American flag | thirteen
colours | the French flag | three
states | America | fifty
"""

INTENTS: tuple[Intent, ...] = (
    Intent("define.sport", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_SPORT_WORDS), AND_WHAT_IS),
    Intent(
        "how_many_of",
        expand("""
            how many {parts} [does {x} have|are in {x}|are there in {x}|has {x}|belong to {x}|make up {x}]
            [tell me how many {parts} {x} has|do you know how many {parts} {x} has|the number of {parts} in {x}]
            {x} has how many {parts}
            """),
        table("parts", "x", "n", answer="{x} has {n} {parts}", key="n", lines=_HOW_MANY),
        ("and {parts} in {x}", "and {x}", "and how many {parts} does {x} have"),
    ),
)  # fmt: skip
