"""Definitions from what is taught at school."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .tables import things

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

INTENTS: tuple[Intent, ...] = (
    Intent("define.school", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_SCHOOL), AND_WHAT_IS),
)
