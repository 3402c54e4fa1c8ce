"""Definitions from music, pictures, the stage and language."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .tables import things

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

INTENTS: tuple[Intent, ...] = (
    Intent("define.music", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_MUSIC), AND_WHAT_IS),
    Intent("define.art", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_ART), AND_WHAT_IS),
)
