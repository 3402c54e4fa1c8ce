"""Sports and games, music, art, school and money: definitions and how many of what."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .patterns import expand
from .tables import table, things

_MUSIC = """
a melody | a row of tones that belong together
a rhythm | the pattern of the beat
a chord | several tones at once
a scale in music | a row of tones going up
an octave | eight tones of a scale
a tone | a sound with one pitch
a note in music | a written tone
a rest in music | a silence in music
tempo | the speed of music
a beat | the steady pulse of music
a bar in music | a small group of beats
a choir | a group of singers
an orchestra | a large group of musicians
a band | a small group of musicians
a duet | music for two
a solo | music for one
a symphony | a long piece for orchestra
a concert | music played for listeners
a concerto | a piece for soloist and orchestra
a sonata | a piece for one or two instruments
an opera | a play that is sung
a musical | a play with songs and dances
a lullaby | a song for falling asleep
an anthem | the song of a country
a hymn | a song of praise
a march | music for walking in step
a waltz | a dance in three beats
jazz | free music with swing
blues | slow music about sorrow
rap | rhythmic speech over a beat
folk music | the old songs of a people
a soprano | a high voice of a woman
an alto | a low voice of a woman
a tenor | a high voice of a man
a baritone | a middle voice of a man
a bass voice | a low voice of a man
a conductor's baton | a thin stick that leads music
a string | the part of a violin that sounds
a tuning fork | a fork that sounds one tone
a metronome | a machine that ticks the beat
a songwriter | a person who makes songs
a lyric | the words of a song
a refrain of a song | the part that comes again
a verse of a song | the part that tells the story
a microphone | a thing that turns sound into current
a loudspeaker | a thing that turns current into sound
"""

_ART = """
a portrait | a picture of a person
a landscape | a picture of the land
a still life | a picture of things on a table
a self portrait | a picture of the painter
a sketch | a quick drawing
a sculpture | a figure of stone or metal
a statue | a figure of a person or animal
a mural | a picture on a wall
a mosaic | a picture of small stones
a collage | a picture glued from pieces
a canvas | the cloth that painters paint on
a palette | the board where painters mix colours
an easel | the stand that holds a picture
watercolour | paint that is mixed with water
oil paint | paint that is mixed with oil
a museum | a house that shows old things
a gallery | a room that shows pictures
an exhibition | a show of art
pottery | things made of burned clay
origami | the art of folding paper
calligraphy | the art of beautiful writing
ballet | a dance on the tips of the toes
a theater | a house where plays are shown
a stage | the place where actors play
a play | a story for the stage
a comedy | a play that makes you laugh
a tragedy | a play that ends sadly
a puppet | a doll that is moved by hand
a mask | a cover for the face
a costume | clothes for a play
a circus | a show with clowns and tricks
a film | a story in moving pictures
a cartoon | a film of drawings
a novel | a long story in a book
a fairy tale | an old story with magic
a fable | a short story that teaches
a legend | an old story about heroes
a myth | an old story about gods
a poem | words with a rhythm
a sonnet | a poem of fourteen lines
a limerick | a funny poem of five lines
a haiku | a short poem from Japan
a riddle | a question with a hidden answer
a proverb | a short and wise saying
a biography | the story of a person's life
an author's draft | the first form of a text
a chapter | a part of a book
a paragraph | a group of sentences
a sentence | words that make a whole thought
a syllable | a part of a word
a rhyme | words with the same ending
a metaphor | saying one thing to mean another
a synonym | a word that means the same
an antonym | a word that means the opposite
a vowel | a sound like a or e
a consonant | a sound like b or t
an accent | the way people of a place speak
a dialect | the language of one region
grammar | the rules of a language
an alphabet | all the letters of a language
a dictionary entry | a word with its meaning
"""

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

_SCHOOL = """
a triangle | a shape with three sides
a circle | a round line around a centre
a radius | the way from the centre to the edge
a diameter | the way across a circle
a circumference | the line around a circle
an angle | the opening between two lines
a right angle | an angle of ninety degrees
a parallel line | a line that never meets the other
a diagonal | a line from corner to corner
an area | the size of a surface
a fraction | a part of a whole
a percent | one part of a hundred
an average | the sum divided by the count
a sum | the result of adding
a difference | the result of subtracting
a product | the result of multiplying
a quotient | the result of dividing
an even number | a number that two divides
an odd number | a number that two does not divide
a prime number | a number only one and itself divide
a negative number | a number below zero
a decimal | a number with a point
a square number | a number times itself
a digit | a sign for a number
a dozen eggs | twelve eggs
a graph | a picture of numbers
history | the story of the past
geography | the study of the earth
biology | the study of life
chemistry | the study of matter
physics | the study of nature's laws
astronomy | the study of the stars
geometry | the study of shapes
arithmetic | the art of reckoning
philosophy | thinking about the big questions
psychology | the study of the mind
archaeology | the study of old things in the ground
a university | a school for grown up students
a kindergarten | a place for small children
a pupil at school | a child who learns
homework | school work done at home
a timetable | a plan of times
a globe at school | a round map of the world
an experiment | a test that shows something
a theory | an idea that explains facts
a fact | something that is true
"""

_PUBLIC = """
money | what we pay with
a coin | a round piece of metal money
a bank | a house that keeps money
a loan | money that is lent
interest at a bank | the price of lent money
a price | what a thing costs
a bargain | a thing at a good price
a tax | money for the state
a receipt | a paper that shows you paid
a budget | a plan for money
a wage | money for work
a pension | money for old people
a market | a place where things are sold
a factory | a place where things are made
a customer | a person who buys
trade | buying and selling
an auction | a sale to the highest offer
a village | a small place where people live
a town | a place bigger than a village
a city | a very big town
a capital | the main city of a country
a country | a land with its own laws
a border | the line between two countries
a flag | the cloth sign of a country
a passport | a book that lets you travel
a law | a rule for everybody
a court | a place where judges decide
a prison | a house for people who broke the law
an election | the choice of leaders by vote
a vote | one person's choice
a parliament | the house where laws are made
a president of a country | the head of a republic
a king | a man who rules a kingdom
a queen | a woman who rules a kingdom
a monarchy | a state with a king or queen
a republic | a state without a king
a mayor | the head of a town
an embassy | the house of one country in another
a treaty | a promise between countries
a holiday | a day without work
a birthday | the day when you were born
a wedding | the feast when two people marry
a funeral | the farewell to a dead person
a festival | a big feast for many
a custom | what people usually do
a tradition | what is handed on for long
a pyramid | the tomb of an old king
a pharaoh | a king of old Egypt
a mummy | a dead body kept from decay
a gladiator | a fighter of old Rome
a knight | a fighter on a horse
a castle | a strong house of stone
a moat | the water around a castle
a viking | a sailor of the old north
a pirate | a robber of the sea
a samurai | a fighter of old Japan
a hieroglyph | a picture sign of old Egypt
an invention | a new thing somebody made
a discovery | something found for the first time
a church | a house for Christian prayer
a mosque | a house for Muslim prayer
a synagogue | a house for Jewish prayer
a temple | a house for the gods
a monastery | a house where monks live
the bible | the holy book of Christians
the koran | the holy book of Muslims
a neighbour | a person who lives next door
a stranger | a person you do not know
a twin | a child born with another
an orphan | a child without parents
a widow | a woman whose husband died
an ancestor | a relative of long ago
a toddler | a child that learns to walk
a teenager | a person from thirteen to nineteen
an adult | a person who is grown up
a guest | a person who visits
a passenger | a person who is driven
a pedestrian | a person who walks in the street
a crossroads | the place where two roads meet
a roundabout | a circle where roads meet
a motorway | a wide road for fast cars
a traffic jam | cars that cannot move on
a tunnel | a way through a mountain
a bridge | a way over water or a road
a harbour | a safe place for ships
an airport | a place where planes land
a runway | the road where planes take off
a timetable of trains | a list of departures
a ticket | a paper that lets you travel
a submarine | a ship that dives
a helicopter | an aircraft that can stand still
a parachute | a cloth that slows a fall
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
dots | a pair of dice at most | twelve
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
stars | the american flag | fifty
stripes | the american flag | thirteen
colours | the french flag | three
states | america | fifty
"""

INTENTS: tuple[Intent, ...] = (
    *(
        Intent(f"define.{name}", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=lines), AND_WHAT_IS)
        for name, lines in (
            ("music", _MUSIC), ("art", _ART), ("sport", _SPORT_WORDS), ("school", _SCHOOL), ("public", _PUBLIC),
        )
    ),
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
