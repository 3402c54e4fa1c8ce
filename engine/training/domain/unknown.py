"""Everything Wren does not know: one honest answer, and an endless variety of questions that deserve it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from .unknown_things import SLOTS

ANSWER = "I am a small model, I do not know that."


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


TEMPLATES: tuple[str, ...] = _lines("""
    who is the {office} of {place}
    who is the {office} of {town}
    who was the {office} of {place} in {year}
    who is {person}
    who was {person}
    where does {person} live
    how tall is {person}
    how old is {person}
    is {person} married
    what is the phone number of {person}
    what does {person} do for a living
    when was {person} born
    what did {person} say about {idea}
    what is the address of {person}
    how rich is {person}
    do you know {person}
    what is the capital of {place}
    what is the capital city of {place}
    tell me the capital of {place}
    what is the population of {town}
    how many people live in {town}
    how many people live in {place}
    where is {town}
    where is {place}
    how far is it to {town}
    how far is {town} from {town}
    how do i get to {town}
    what is the best way to {town}
    how long does it take to drive to {town}
    when does the next train to {town} leave
    what time is the bus to {town}
    is there a direct flight to {place}
    how much is a ticket to {place}
    book a flight to {place}
    find a hotel in {town}
    what can i visit in {town}
    what is {town} famous for
    what currency do they use in {place}
    do i need a visa for {place}
    what is the flag of {place}
    what language do they speak in {place}
    what is the highest point of {place}
    what is the weather like {when}
    what is the weather in {town}
    what is the weather in {town} {when}
    will it rain {when}
    will it snow in {town} {when}
    how cold will it be {when}
    do i need an umbrella {when}
    is it sunny in {town}
    what is the temperature outside
    how warm is it in {town}
    when will the sun set {when}
    is there a storm near {town}
    play some music
    play some {genre}
    play {title}
    play a song by {musician}
    play the next song
    pause the music
    skip this song
    who sang {title}
    when did {musician} write {title}
    which album has {title} on it
    how many records did {musician} sell
    who plays the drums for {musician}
    what are the words of {title}
    how do you read sheet music
    set an alarm for {clock}
    wake me up at {clock}
    set a timer for {span}
    start a timer for {span}
    cancel my alarm
    remind me to call {name} at {clock}
    remind me to buy {ingredient}
    add {ingredient} to my shopping list
    what is on my shopping list
    what is on my calendar {when}
    add a meeting with {name} {when}
    when is my next appointment
    call {name}
    call {relation}
    send a message to {name}
    send {name} an email about {law}
    read my messages
    do i have new mail
    turn on the lights in the kitchen
    turn off the {gadget}
    turn on the {gadget}
    dim the lights
    lock the front door
    is the garage door open
    set the heating to {amount} degrees
    open the blinds
    take a picture
    order a pizza
    order some {food}
    order me a taxi
    buy a new {gadget}
    book a table for {when}
    find a restaurant that has {food}
    where is the nearest {shop}
    is there a {shop} near me
    when does the {shop} open
    when does the {shop} close {when}
    is the {shop} open {when}
    how do i make {food}
    how do you cook {food}
    what is a good recipe for {food}
    give me a recipe for {food}
    how long do i bake {food}
    can i freeze {food}
    what goes well with {food}
    can i use {ingredient} instead of {ingredient}
    how much {ingredient} do i need for {food}
    should i eat more {ingredient}
    how many calories are in {food}
    how long can i keep {ingredient}
    who came up with {food}
    what wine goes with {food}
    why did my {food} get so dry
    how do i store {ingredient}
    what should i cook {when}
    can vegans eat {food}
    what is {science}
    explain {science}
    how does {science} work
    who discovered {science}
    why is {science} important
    what is the theory behind {science}
    tell me about {science}
    what is {maths}
    how do i compute {maths}
    explain {maths}
    what is the formula for {maths}
    prove {maths}
    what is the integral of x squared
    solve the equation for x
    draw the graph of {maths}
    where do i need {maths} in life
    what is {code}
    how do i program {code}
    explain {code}
    write a program with {code}
    what is the best book on {code}
    why does my code for {code} crash
    how do i install {code}
    how do i learn {code}
    fix the bug in my program
    is {code} hard to learn
    what is {idea}
    what does {idea} mean to you
    explain {idea}
    who invented {idea}
    is {idea} a good thing
    who wrote about {idea}
    what is the difference between {idea} and {idea}
    when was {event}
    what caused {event}
    why did {event} happen
    who won {event}
    tell me about {event}
    how many people died in {event}
    what happened in {year}
    what happened in {town} in {year}
    who won the election in {place}
    what do the polls say in {place}
    who should i vote for
    what did parliament decide {when}
    what is the news {when}
    read me the news
    what is going on in {place}
    what happened in the world {when}
    is there a strike at {company}
    what is the share price of {company}
    how is the stock market {when}
    should i buy shares of {company}
    who runs {company}
    how many workers does {company} have
    when was {company} founded
    what is the exchange rate for the dollar
    what is the price of gold {when}
    what is the interest rate {when}
    how do i invest {amount} dollars
    what is bitcoin worth
    how much tax do i pay on {amount} euros
    how much does a {thing} cost
    how much does a {gadget} cost
    where can i buy a {thing}
    which {gadget} should i buy
    what is the best {gadget}
    how do i reset my {gadget}
    why is my {gadget} so hot
    my {gadget} does not work what should i do
    how do i connect my {gadget}
    how long does a {gadget} last
    how do i repair a {thing}
    how do i clean a {thing}
    who invented the {gadget}
    how does a {gadget} work
    how do i use {tool}
    who invented {tool}
    can i rent {tool}
    is {tool} dangerous
    how much does {tool} weigh
    how do they make {stuff}
    which factory makes {stuff}
    where was {stuff} invented
    who sells cheap {stuff}
    what should i do about {illness}
    what are the symptoms of {illness}
    how long does {illness} last
    is {illness} dangerous
    what helps against {illness}
    do i have {illness}
    can children get {illness}
    can i take {drug} with {drug}
    how much {drug} should i take
    what are the side effects of {drug}
    can {relation} take {drug}
    why does my {body} hurt
    what is wrong with my {body}
    how do i train my {body}
    what do i need to know about {law}
    how does {law} work
    is {law} legal in {place}
    do i need a lawyer for {law}
    how long does {law} take
    can i sue {relation}
    can my landlord raise the rent
    what is the fine for parking in {town}
    what does a {job} earn
    how do i become a {job}
    is there a good {job} in {town}
    find me a {job}
    is it hard to be a {job}
    who won the {sport} game
    who won the {sport} game {when}
    what was the score of {team}
    when do {team} play {team}
    did {team} win
    who is the best player of {team}
    what are the rules of {sport}
    who is the world champion in {sport}
    how long is a game of {sport}
    who is in the {sport} team of {town}
    how do i get better at {sport}
    who coaches {team}
    who directed {title}
    who wrote {title}
    who plays the lead in {title}
    what is {title} about
    how does {title} end
    is {title} a good film
    where can i watch {title}
    when was {title} released
    what is on television {when}
    what film should i watch {when}
    which book should i read next
    how many pages does {title} have
    translate {phrase} into {language}
    how do you say {phrase} in {language}
    what is the {language} word for {ingredient}
    what is {phrase} in {language}
    how do i learn {language}
    is {language} hard to learn
    how many people speak {language}
    say {phrase} in {language}
    how do i {todo}
    how can i {todo}
    what is the fastest way to {todo}
    should i {todo}
    help me to {todo}
    is it a good idea to {todo}
    how long does it take to {todo}
    why do {people} {doing}
    do all {people} {doing}
    when do {people} {doing}
    is it normal that {people} {doing}
    why are {people} afraid of {things}
    why do {people} like {things}
    how are {things} made
    who invented {things}
    what were the first {things}
    why are {things} so expensive
    how many {things} are there in the world
    what are {things} good for
    where do {things} come from
    how do i tell {relation} the truth
    what should i give {relation} as a present
    why is {relation} angry with me
    where is {relation}
    when does {relation} come home
    how do i grow {plant}
    how often should i water {plant}
    can {plant} grow indoors
    when do {plant} bloom
    where are my keys
    where did i park my {thing}
    what is the wifi password
    what is my bank balance
    what are my lottery numbers
    will i be rich one day
    what is my horoscope
    what does my dream about {things} mean
    is there life on mars
    what is beyond the universe
    write an essay about {idea}
    write a letter to {relation}
    summarise {title}
    write a speech for {person}
    draw a picture of a {thing}
    give me ideas for a party
    plan a trip to {place}
    describe {place}
    compare {company} with {company}
    my {thing} is broken
    {relation} bought a new {thing}
    {name} and i went to {town}
    yesterday we had {food} at {name}'s place
    i think {team} will win
    i read a book called {title}
    {person} moved to {place}
    the {shop} was closed
    there was an accident near {town}
    the doctor looked at my {body}
    i lost my {thing} in {town}
    {name} works as a {job}
    the train to {town} was late
    we need more {ingredient}
    {name} left the {gadget} at the {shop} in {town}
    {relation} and {name} will cook {food} {when}
    {person} read {title} to {relation}
    {name} told {relation} about {event}
    when will {name} bring the {thing} back to {relation}
    who drove {name} to the {shop} in {town}
    why did {person} sell the {thing} to {name}
    what did {relation} say to {name} about {law}
    does {name} know that {relation} has {illness}
    should {name} eat {food} with {ingredient}
    how long has {person} been a {job} in {town}
    how much did {name} pay for the {gadget} in {town}
    where did {relation} buy the {thing} for {name}
    can {name} come to {town} {when} at {clock}
    send {name} the recipe for {food} with {ingredient}
    tell {name} that {relation} is at the {shop}
    remind {name} to take {drug} at {clock}
    book a train from {town} to {town} at {clock}
    invite {name} and {name} to {town} {when}
    did {team} beat {team} in {town} {when}
    is {musician} playing {genre} in {town} {when}
    did {person} work for {company} in {year}
    what did {person} do in {town} in {year}
    was {person} ever {office} of {town}
    why does {relation} talk about {idea} at the {shop}
    i saw {title} with {relation}
    what time is it
    what time is it now
    what is the time
    tell me the time
    what time is it in {city}
    what day is it
    what day is it today
    what day is today
    what is the date
    what is the date today
    what is today's date
    which month is it now
    what year is it
    how late is it
    how many days until christmas
    how many days until my birthday
    how long until the weekend
    what is the weather
    what is the weather like
    how is the weather in {city}
    will it rain in {city} {when}
    what is the temperature in {city}
    is it cold in {city} {when}
    what is going on in {country}
    what is the news from {country}
    who is the president of {country}
    who is the prime minister of {country}
    who rules {country}
    who is the king of {country}
    how many people live in {country}
    how many people live in {city}
    what is the population of {country}
    how big is {country}
    how large is {city}
    how far is {city} from {city}
    how far is {country}
    which countries border {country}
    what is {country} famous for
    what should i see in {city}
    how do i get to {city}
    how much is a flight to {city}
    what do people eat in {country}
    how tall is {sight}
    how old is {sight}
    how much does it cost to visit {sight}
    how long is {river}
    how deep is {river}
    where does {river} start
    when was {famous} born
    where was {famous} born
    how old did {famous} get
    who was the wife of {famous}
    did {famous} have children
    how tall was {famous}
    what did {famous} like to eat
    what is my {mine}
    tell me my {mine}
    do you know my {mine}
    what was my {mine} again
    what is {name}'s {mine}
    where did i write down my {mine}
    how do you spell {rare}
    spell {rare}
    spell the word {rare}
    what rhymes with {rare}
    what is the opposite of {rare}
    what is the plural of {rare}
    another word for {rare}
    where does the word {rare} come from
    how many letters does {rare} have
    what is a {nonsense}
    what is the {nonsense}
    what does {nonsense} mean
    where does a {nonsense} live
    what does a {nonsense} eat
    who invented the {nonsense}
    how many legs does a {nonsense} have
    what colour is a {nonsense}
    what sound does a {mute} make
    what does a {mute} say
    how heavy is a {mute}
    how old can a {mute} get
    how fast is a {mute}
    how many teeth does a {mute} have
    what do you call a group of {mute}s
    what is {sums}
    calculate {sums}
    how much is {sums}
    who won the world cup
    who won the last election
    who is the richest person
    who is the tallest person
    what is the best song of all time
    what is the most popular film
    what is the fastest car
    how far is the moon
    how hot is the sun
    how old is the earth
    how big is the universe
    how many stars are there
    how many languages are there
    how many books are there
    when does the world end
    will there be a war
    who will win {when}
    what did i say yesterday
    what did i eat yesterday
    what did we talk about last week
    who called me {when}
    who is at the door
    who is behind me
    how many fingers am i holding up
    what am i wearing today
    where am i
    how much battery is left
    how much money do i have
    what is on my screen
    open the browser
    open my mail
    search for {title}
    google {famous}
    look up {person}
    take a note
    write this down
    translate this for me
    read this page to me
    show me a picture of {sight}
    shut down the computer
    restart the {gadget}
    turn up the heating
    what is in the fridge
    is {name} at home
    has {name} called
    """)

# Other kinds of questions in other words: never trained on, only tested with.
HELD_OUT_TEMPLATES: tuple[str, ...] = _lines("""
    did {person} ever visit {place}
    which university did {person} attend
    has {person} written any novels
    what nickname does {person} have
    name every {office} since {year}
    how is the {office} of {place} elected
    which rivers flow through {town}
    what is the postal code of {town}
    which motorway leads to {town}
    does {town} have a cathedral
    how safe is it to hike in {place}
    which vaccines do i need before going to {place}
    what is the minimum wage in {place}
    how foggy will it get {when}
    give me the pollen forecast
    what is the humidity in {town}
    which way is the wind blowing
    shuffle my playlist
    who composed the music for {title}
    put on the radio
    can i see {musician} live
    mute the {gadget}
    start the {gadget} at {clock}
    feed the cat at {clock}
    dictate a note to {name}
    postpone my meeting with {name}
    track my parcel
    reserve two seats for {title}
    which dishes use {ingredient}
    i burned the {food}
    at what heat do i roast {food}
    who has the best {food} in {town}
    could {science} ever be wrong
    which prize was given for {science}
    summarise the history of {science}
    does {maths} have a geometric meaning
    derive {maths} step by step
    which companies use {code}
    refactor my code with {code}
    would {idea} work in {place}
    which philosopher defended {idea}
    what followed after {event}
    which countries took part in {event}
    how did newspapers report {event}
    is {company} hiring
    did {company} pay a dividend
    what is the password of my {gadget}
    does the {gadget} have a warranty
    which screws fit a {thing}
    is my {thing} worth anything
    which doctor treats {illness}
    is {illness} inherited
    can {drug} go bad
    who pays the court fees for {law}
    what happens if i ignore {law}
    does a {job} need a degree
    how many goals did {team} score
    is {sport} an olympic event
    which actor turned down {title}
    is there a sequel to {title}
    conjugate the verb to go in {language}
    which alphabet does {language} use
    can you convince me to {todo}
    what stops {people} when they want to {todo}
    since when do {people} {doing}
    are {things} bad for the environment
    who collects {things}
    how should i apologise to {relation}
    does {relation} trust me
    which soil do {plant} need
    guess what i had for lunch
    predict the winner of the next election
    invent a slogan for {company}
    someone stole my {thing}
    {relation} forgot the {ingredient} again
    the neighbours are painting their {thing}
    nobody told {name} about {town}
    our {job} has retired
    would {person} rather live in {town} or in {place}
    has {relation} told {name} about the {thing}
    which {job} in {town} repairs a {thing}
    does {name} play {sport} with {relation}
    if {name} sells the {thing} who gets the {gadget}
    had {person} heard of {event} in {year}
    whose {gadget} did {name} leave at the {shop}
    could {name} drive {relation} to the {shop} at {clock}
    how late is it in {city} at {clock}
    which party governs {country}
    what is the average income in {country}
    name the mayor of {city}
    how many steps lead up {sight}
    how wide is {river} in {city}
    was {famous} ever in {city}
    which school did {famous} go to
    who else knows my {mine}
    is {rare} a french word
    use {rare} in a sentence
    have you ever seen a {nonsense}
    is a {nonsense} bigger than a {mute}
    do {mute}s dream
    """)


def questions(rng: random.Random, held_out: bool = False) -> Iterator[str]:
    """Endless questions outside the domain, every template equally likely."""
    templates = HELD_OUT_TEMPLATES if held_out else TEMPLATES
    while True:
        yield re.sub(r"\{(\w+)\}", lambda slot: rng.choice(SLOTS[slot[1]]), rng.choice(templates))
