"""Definitions from money, the state, beliefs, history and traffic."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .tables import things

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
the Bible | the holy book of Christians
the Koran | the holy book of Muslims
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

INTENTS: tuple[Intent, ...] = (
    Intent("define.public", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_PUBLIC), AND_WHAT_IS),
)
