"""What people in their jobs do."""

from __future__ import annotations

from .intent import Intent
from .patterns import expand
from .tables import table

_JOBS = """
a plumber | repairs pipes
a lawyer | knows and uses the law
a surgeon | operates on patients
a pilot | flies planes
a carpenter | builds with wood
a dentist | looks after teeth
a glazier | puts in windows
a judge | decides in court
a baker | bakes bread
a firefighter | puts out fires
a nurse | cares for sick people
a watchmaker | repairs watches
a hairdresser | cuts hair
a journalist | writes the news
a farmer | grows food
a butcher | cuts and sells meat
a translator | turns one language into another
a sailor | works on a ship
a tailor | makes clothes
a barber | cuts hair and beards
a mechanic | repairs machines
a librarian | looks after books
a detective | solves crimes
a postman | brings the mail
a gardener | looks after gardens
a chef | cooks in a restaurant
a waiter | serves food to guests
a cashier | takes the money in a shop
a teacher | helps children learn
a professor | teaches at a university
an architect | plans houses
an engineer | plans machines and bridges
an electrician | works on wires
a bricklayer | builds walls
a roofer | builds roofs
a painter | paints walls or pictures
a blacksmith | shapes hot iron
a potter | makes pots from clay
a miner | digs for coal or ore
a fisherman | catches fish
a shepherd | looks after sheep
a beekeeper | looks after bees
a vet | treats sick animals
a doctor | treats sick people
a pharmacist | sells medicine
an optician | makes glasses
a midwife | helps babies into the world
a psychologist | studies the mind
an astronaut | works in space
an astronomer | studies the stars
a biologist | studies living things
a chemist | studies what things are made of
a physicist | studies how nature works
a geologist | studies rocks
a historian | studies the past
an archaeologist | digs for old things
a linguist | studies languages
a mathematician | works with numbers and proofs
a programmer | writes programs
a designer | plans how things look
a composer | writes music
a conductor | leads an orchestra
a singer | sings for people
an actor | plays parts on stage
a dancer | dances for people
a sculptor | makes figures of stone
a photographer | takes pictures
an author | writes books
a poet | writes poems
a publisher | brings out books
a police officer | keeps people safe
a soldier | serves in an army
a captain | leads a ship
a train driver | drives trains
a lifeguard | watches over swimmers
a referee | watches the rules of a game
a coach | trains a team
a jockey | rides in horse races
a magician | does tricks
a clown | makes people laugh
a tourist guide | shows places to visitors
a secretary | writes letters and plans meetings
an accountant | looks after the money of a firm
a florist | sells flowers
a jeweller | makes and sells rings
a cobbler | repairs shoes
a weaver | makes cloth
a miller | makes flour
a brewer | makes beer
"""

INTENTS: tuple[Intent, ...] = (
    Intent(
        "job_does",
        expand("""
            what does {x} do [|all day|for a living|at work]
            [what is the job of|what is the work of|tell me about the job of|explain the job of] {x}
            [tell me what|do you know what|i want to know what] {x} does
            [what is {x}|what's {x}]
            """),
        table("x", "what", answer="{x} {what}", key="what", lines=_JOBS),
        ("and {x}", "what about {x}", "how about {x}", "and what does {x} do"),
    ),
)
