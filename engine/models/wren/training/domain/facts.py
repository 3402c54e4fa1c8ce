"""Common facts: groups that share their wordings as tables, and lone facts with wordings of their own at the end."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import rows, sentence


def _table(*columns: str, answer: str, key: str, table: str) -> tuple[Fact, ...]:
    """A fact per line; the columns name its cells, `answer` is written with them, and the cell named `key` is its key.

    The slots are the cells in lower case.
    """
    facts = []
    for cells in rows(table):
        named = dict(zip(columns, cells, strict=True))
        slots = {name: cell.lower() for name, cell in named.items()}
        facts.append(Fact(slots, sentence(answer.format(**named)), _content(slots[key])))
    return tuple(facts)


def _content(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split() if word not in ("a", "an", "the", "of", "in", "on", "and", "to", "at", "with"))


def _lone(name: str, answer: str, key: str, *wordings: str) -> Intent:
    return Intent(name, wordings, (Fact({}, answer, tuple(key.split())),))


_ABOUT_X = ("and {x}", "what about {x}", "how about {x}", "and what about {x}", "and for {x}", "now {x}")

INTENTS: tuple[Intent, ...] = (
    Intent(
        "author",
        ("who wrote {x}", "who is the author of {x}", "who's the author of {x}", "who was the author of {x}",
         "{x} was written by whom", "which author wrote {x}", "which writer wrote {x}", "tell me who wrote {x}",
         "do you know who wrote {x}", "the author of {x}", "who is the writer of {x}", "do you know the author of {x}",
         "name the author of {x}", "by whom is {x}", "who created {x}", "from whom is {x}", "i want to know who wrote {x}",
         "tell me the author of {x}", "the book {x} is by whom", "who came up with {x}"),
        _table("x", "who", key="who", answer="{who} wrote {x}", table="""
            Hamlet | William Shakespeare
            Romeo and Juliet | William Shakespeare
            Macbeth | William Shakespeare
            Oliver Twist | Charles Dickens
            A Christmas Carol | Charles Dickens
            Pride and Prejudice | Jane Austen
            Harry Potter | Joanne Rowling
            The Hobbit | John Tolkien
            Frankenstein | Mary Shelley
            Dracula | Bram Stoker
            Treasure Island | Robert Louis Stevenson
            Alice in Wonderland | Lewis Carroll
            Peter Pan | James Barrie
            Tom Sawyer | Mark Twain
            Moby Dick | Herman Melville
            Don Quixote | Miguel de Cervantes
            Faust | Johann Goethe
            The Little Mermaid | Hans Christian Andersen
            The Little Prince | Antoine de Saint Exupery
            War and Peace | Leo Tolstoy
            Animal Farm | George Orwell
            Robinson Crusoe | Daniel Defoe
            The Jungle Book | Rudyard Kipling
            Winnie the Pooh | Alan Milne"""),
        ("and {x}", "what about {x}", "how about {x}", "and who wrote {x}", "and the author of {x}", "and the book {x}"),
    ),
    Intent(
        "inventor",
        ("who invented {x}", "who was the inventor of {x}", "who is the inventor of {x}", "the inventor of {x}",
         "tell me who invented {x}", "do you know who invented {x}", "name the inventor of {x}", "{x} was invented by whom",
         "do you know the inventor of {x}", "which person invented {x}", "which inventor gave us {x}",
         "who had the idea for {x}", "who first made {x}", "tell me the inventor of {x}", "i want to know who invented {x}",
         "whose invention is {x}", "whose invention was {x}", "to whom do we owe {x}", "who do we thank for {x}",
         "by whom was {x} invented"),
        _table("x", "who", key="who", answer="{who} invented {x}", table="""
            the telephone | Alexander Graham Bell
            the light bulb | Thomas Edison
            the phonograph | Thomas Edison
            the printing press | Johannes Gutenberg
            dynamite | Alfred Nobel
            the airplane | the Wright brothers
            the diesel engine | Rudolf Diesel
            the car | Karl Benz
            the world wide web | Tim Berners Lee
            the battery | Alessandro Volta
            the lightning rod | Benjamin Franklin
            braille | Louis Braille
            the saxophone | Adolphe Sax
            the hot air balloon | the Montgolfier brothers
            radio | Guglielmo Marconi
            blue jeans | Levi Strauss"""),
        ("and {x}", "what about {x}", "how about {x}", "and who invented {x}", "and the inventor of {x}", "and for {x}"),
    ),
    Intent(
        "who_did",
        ("who {x}", "tell me who {x}", "do you know who {x}", "which person {x}", "what is the name of the person who {x}",
         "the person who {x}", "name the person who {x}", "i want to know who {x}", "i forgot who {x}", "who was it who {x}",
         "what was the name of the one who {x}", "who was the person who {x}", "who is the person who {x}", "say who {x}"),
        _table("who", "x", key="who", answer="{who} {x}", table="""
            Leonardo da Vinci | painted the Mona Lisa
            Vincent van Gogh | painted the Starry Night
            Michelangelo | painted the Sistine Chapel
            Neil Armstrong | first walked on the moon
            Yuri Gagarin | was first in space
            Edmund Hillary | first climbed Mount Everest
            Isaac Newton | discovered gravity
            Alexander Fleming | discovered penicillin
            Marie Curie | discovered radium
            Albert Einstein | made the theory of relativity
            Charles Darwin | explained evolution
            Christopher Columbus | sailed the Santa Maria
            Beethoven | composed the Ode to Joy
            Mozart | composed the Magic Flute
            Vivaldi | composed the Four Seasons
            Tchaikovsky | composed Swan Lake
            Gustave Eiffel | built the Eiffel Tower
            Roald Amundsen | first reached the South Pole
            Galileo | discovered four moons of Jupiter"""),
    ),
    Intent(
        "made_of",
        ("what is {x} made of", "what's {x} made of", "what is {x} made from", "{x} is made of what", "{x} is made from what",
         "tell me what {x} is made of", "do you know what {x} is made of", "what do you make {x} from",
         "what do we make {x} out of", "what do you need to make {x}", "from what is {x} made", "of what is {x} made",
         "what does {x} come from", "what is used to make {x}", "which material is {x} made of",
         "what is the material of {x}", "out of what do they make {x}", "what do they make {x} from",
         "i want to know what {x} is made of"),
        _table("x", "what", key="what", answer="{x} is made of {what}", table="""
            bread | flour and water
            cheese | milk
            butter | cream
            yogurt | milk
            wine | grapes
            paper | wood
            glass | sand
            a candle | wax
            a window | glass
            a nail | steel
            a tire | rubber
            a sweater | wool
            a book | paper
            ice | frozen water
            an igloo | snow
            a snowman | snow
            a brick | clay
            chocolate | cocoa and sugar
            ketchup | tomatoes
            beer | barley
            steel | iron and carbon
            bronze | copper and tin
            a pizza | dough and cheese
            a french fry | potato
            jam | fruit and sugar
            an omelette | eggs
            a leather belt | animal skin
            a cloud | tiny drops of water
            a diamond | carbon
            a spider web | silk"""), _ABOUT_X,
    ),
    Intent(
        "place_for",
        ("where do you {x}", "where can i {x}", "where do people {x}", "where do i {x}", "where should i {x}",
         "where would you {x}", "in what place do you {x}", "where do i go to {x}", "where do you go if you want to {x}",
         "tell me where to {x}", "tell me where i can {x}", "do you know where to {x}", "do you know where i can {x}",
         "where does one {x}", "i want to {x} where do i go", "if i want to {x} where do i go",
         "where is a good place to {x}", "what is the place to {x}"),
        _table("x", "where", key="where", answer="you {x} {where}", table="""
            buy bread | at the bakery
            buy meat | at the butcher
            buy medicine | at the pharmacy
            borrow books | at the library
            post a letter | at the post office
            keep money | in the bank
            watch a film | in the cinema
            see a play | at the theater
            catch a train | at the station
            catch a plane | at the airport
            cook food | in the kitchen
            take a shower | in the bathroom
            sleep at night | in the bedroom
            park a car | in the garage
            keep milk cold | in the fridge
            bake a cake | in the oven
            learn to read | at school
            see wild animals | at the zoo
            see old paintings | in the museum
            build a sand castle | on the beach
            visit sick people | in the hospital
            buy flowers | at the florist
            get a haircut | at the hairdresser
            buy fuel | at the gas station"""),
        ("and to {x}", "and where do you {x}", "what if i want to {x}", "what about to {x}", "and if i want to {x}",
         "and where to {x}"),
    ),
    Intent(
        "job",
        ("who {x}", "which person {x}", "what do you call a person who {x}", "what do you call someone who {x}",
         "what is the job of someone who {x}", "who is it that {x}", "tell me who {x}", "do you know who {x}",
         "which worker {x}", "what is a person called who {x}", "what job does a person have who {x}",
         "what is the name for someone who {x}", "whose job is it if someone {x}", "a person who {x} is called what",
         "someone who {x} is called what", "what do we call somebody who {x}"),
        _table("who", "x", key="who", answer="{who} {x}", table="""
            a pilot | flies a plane
            a baker | bakes bread
            a doctor | treats sick people
            a dentist | takes care of teeth
            a firefighter | puts out fires
            a teacher | teaches children
            a farmer | grows crops
            a butcher | cuts and sells meat
            a tailor | makes clothes
            a carpenter | builds things from wood
            a plumber | repairs pipes
            an electrician | repairs wires
            a mechanic | repairs cars
            a mail carrier | brings the mail
            an astronaut | travels into space
            a veterinarian | treats sick animals
            an architect | plans houses
            a sailor | works on a ship
            a judge | decides in court
            a barber | cuts hair
            a chef | cooks in a restaurant
            an author | writes books
            a gardener | takes care of gardens
            a shepherd | looks after sheep
            an astronomer | studies the stars
            a beekeeper | keeps bees
            a lifeguard | watches over swimmers
            a conductor | leads an orchestra"""),
        ("and who {x}", "and someone who {x}", "what about someone who {x}", "and a person who {x}",
         "how about someone who {x}", "and the one who {x}"),
    ),
    Intent(
        "tool",
        ("what do you use to {x}", "what do i need to {x}", "what do you need to {x}", "what can i use to {x}",
         "what is used to {x}", "which tool do i use to {x}", "what tool do you use to {x}", "with what do you {x}",
         "what do you {x} with", "what do i {x} with", "what should i use to {x}", "tell me what i need to {x}",
         "do you know what i need to {x}", "i want to {x} what do i need", "how do you {x}", "how do i {x}", "how can i {x}",
         "what helps you {x}", "which thing do you use to {x}", "what do people use to {x}"),
        _table("x", "tool", key="tool", answer="you {x} with {tool}", table="""
            cut paper | scissors
            hit a nail | a hammer
            turn a screw | a screwdriver
            eat soup | a spoon
            dig a hole | a shovel
            sweep the floor | a broom
            open a lock | a key
            brush your teeth | a toothbrush
            comb your hair | a comb
            write on paper | a pencil
            tell the time | a clock
            measure temperature | a thermometer
            look at the stars | a telescope
            look at tiny things | a microscope
            stay dry in the rain | an umbrella
            cut down a tree | a saw
            catch fish | a fishing rod
            sew a button | a needle and thread
            find north | a compass
            take a photo | a camera
            cut bread | a knife
            wash your hands | soap and water
            light a candle | a match
            iron a shirt | an iron
            weigh yourself | a scale
            paint a wall | a brush
            water the flowers | a watering can"""),
        ("and to {x}", "what about to {x}", "how about to {x}", "and if i want to {x}", "and what do i need to {x}",
         "and how do you {x}"),
    ),
    Intent(
        "superlative",
        ("what is {x}", "what's {x}", "tell me {x}", "tell me what {x} is", "do you know {x}", "do you know what {x} is",
         "which is {x}", "which one is {x}", "name {x}", "what is the name of {x}", "tell me the name of {x}",
         "i want to know {x}", "what would be {x}", "say what {x} is", "what do you know about {x}", "what is {x} called",
         "give me the name of {x}", "i'd like to know what {x} is"),
        _table("what", "x", key="what", answer="{what} is {x}", table="""
            Jupiter | the biggest planet
            Mercury | the smallest planet
            Venus | the hottest planet
            Mount Everest | the highest mountain in the world
            the Pacific | the biggest ocean in the world
            the blue whale | the biggest animal
            the elephant | the biggest land animal
            the giraffe | the tallest animal in the world
            the cheetah | the fastest land animal
            the ostrich | the biggest bird in the world
            the hummingbird | the smallest bird in the world
            Russia | the biggest country in the world
            Vatican City | the smallest country in the world
            Asia | the biggest continent
            Antarctica | the coldest continent
            Greenland | the biggest island in the world
            the Sahara | the biggest hot desert
            diamond | the hardest natural material
            hydrogen | the lightest gas
            the skin | the largest organ of the body
            the femur | the longest bone in the body
            Mercury | the planet closest to the sun
            Neptune | the planet farthest from the sun
            Mars | the red planet
            Saturn | the planet with the big rings
            February | the shortest month of the year
            Mont Blanc | the highest mountain in the Alps
            the cheetah | the fastest animal with four legs
            the king | the most important piece in chess"""),
        ("and {x}", "and what is {x}", "what about {x}", "how about {x}", "and which is {x}", "now {x}"),
    ),
    Intent(
        "word_for",
        ("what do you call {x}", "what do we call {x}", "what is {x} called", "how do you call {x}",
         "what is the word for {x}", "what is the name for {x}", "the word for {x}", "which word means {x}",
         "tell me the word for {x}", "do you know the word for {x}", "what is another word for {x}",
         "i am looking for the word for {x}", "{x} is called what", "do you know what {x} is called",
         "tell me what {x} is called", "i forgot the word for {x}", "give me the word for {x}"),
        _table("x", "word", key="word", answer="that is called {word}", table="""
            frozen water | ice
            the meal in the morning | breakfast
            the meal at noon | lunch
            the meal in the evening | dinner
            a house made of snow | an igloo
            a dried grape | a raisin
            your mother's sister | an aunt
            your mother's brother | an uncle
            your father's father | a grandfather
            your mother's mother | a grandmother
            your uncle's child | a cousin
            your brother's son | a nephew
            your brother's daughter | a niece
            a group of wolves | a pack
            a group of birds | a flock
            a group of fish | a school
            a group of lions | a pride
            a group of cows | a herd
            a mountain that spits fire | a volcano
            land with water all around | an island
            a very dry place with sand | a desert
            a storm with a spinning funnel | a tornado
            the hottest part of the year | summer
            water that falls from clouds | rain
            frozen rain in white flakes | snow
            a shaking of the ground | an earthquake
            the colours in the sky after rain | a rainbow
            the room where you cook | the kitchen
            a building with many books | a library
            a boat that goes under water | a submarine
            a doctor for animals | a vet
            a female king | a queen
            the son of a king | a prince
            the daughter of a king | a princess
            the place where bees live | a hive"""),
        ("and {x}", "what about {x}", "how about {x}", "and the word for {x}", "and for {x}", "and what do you call {x}"),
    ),
    Intent(
        "how_many_parts",
        ("how many {parts} does {x} have", "how many {parts} has {x}", "how many {parts} are on {x}",
         "how many {parts} are there on {x}", "how many {parts} are in {x}", "{x} has how many {parts}",
         "the number of {parts} of {x}", "tell me how many {parts} {x} has", "do you know how many {parts} {x} has",
         "what is the number of {parts} of {x}", "count the {parts} of {x}", "how many {parts} do you find on {x}",
         "i want to know how many {parts} {x} has", "how many {parts} can you count on {x}",
         "how many {parts} does {x} usually have", "say how many {parts} {x} has"),
        _table("x", "parts", "count", key="count", answer="{x} has {count} {parts}", table="""
            a guitar | strings | six
            a violin | strings | four
            a cello | strings | four
            a piano | keys | eighty eight
            a car | wheels | four
            a bicycle | wheels | two
            a tricycle | wheels | three
            a hand | fingers | five
            a foot | toes | five
            a butterfly | wings | four
            a bird | wings | two
            an octopus | arms | eight
            a traffic light | colours | three
            a rainbow | colours | seven
            a clock | hands | two
            a football team | players | eleven
            a basketball team | players | five
            a volleyball team | players | six
            a soccer team | players | eleven
            a string quartet | players | four
            a die | faces | six
            the human body | lungs | two
            an adult | teeth | thirty two
            a snowflake | arms | six
            the solar system | planets | eight
            the olympic flag | rings | five
            a cow | stomach parts | four"""),
        ("and the {parts} of {x}", "and how many {parts} does {x} have", "what about the {parts} of {x}", "and {x}",
         "how about the {parts} of {x}", "and {parts} on {x}"),
    ),
    Intent(
        "landmark",
        ("where is {x}", "in which place is {x}", "in what part of the world is {x}", "in which part of the world is {x}",
         "where can i see {x}", "where do i find {x}", "where can i find {x}", "in what place is {x}",
         "{x} is in which place", "tell me where {x} is", "do you know where {x} is", "where do you find {x}",
         "where should i go to see {x}", "where in the world is {x}", "where would i find {x}", "what place is {x} in",
         "where does {x} stand", "i want to see {x} where do i go"),
        _table("x", "where", key="where", answer="{x} is in {where}", table="""
            the Eiffel Tower | Paris
            the Louvre | Paris
            Big Ben | London
            Buckingham Palace | London
            the Colosseum | Rome
            the Brandenburg Gate | Berlin
            the Statue of Liberty | New York
            the Empire State Building | New York
            the White House | Washington
            the Golden Gate Bridge | San Francisco
            the Kremlin | Moscow
            the Acropolis | Athens
            the Great Wall | China
            the Taj Mahal | India
            the Sphinx | Egypt
            the Leaning Tower | Pisa
            the Grand Canyon | Arizona
            Mount Fuji | Japan
            the Amazon river | South America
            the Nile | Africa
            Niagara Falls | North America
            Stonehenge | England
            Machu Picchu | Peru
            the Sagrada Familia | Barcelona"""),
        ("and {x}", "what about {x}", "how about {x}", "and where is {x}", "and where can i see {x}",
         "and where do i find {x}"),
    ),
    Intent(
        "used_for",
        ("what are {x} for", "what do you do with your {x}", "what do we use our {x} for", "what do {x} do",
         "why do we have {x}", "what are {x} good for", "tell me what {x} are for", "do you know what {x} are for",
         "what do we need {x} for", "what can you do with {x}", "what do people do with their {x}", "what is the use of {x}",
         "for what do we need {x}", "what job do {x} have"),
        _table("x", "what", key="what", answer="{x} are for {what}", table="""
            eyes | seeing
            ears | hearing
            noses | smelling
            tongues | tasting
            lungs | breathing
            teeth | chewing
            legs | walking
            brains | thinking
            hands | holding things
            muscles | moving"""), _ABOUT_X,
    ),
    Intent(
        "grows",
        ("where do {x} grow", "where does one find {x} growing", "on what do {x} grow", "what do {x} grow on",
         "tell me where {x} grow", "do you know where {x} grow", "where can i pick {x}", "in what place do {x} grow",
         "{x} grow where", "i want to know where {x} grow", "where do you see {x} growing", "where do farmers grow {x}"),
        _table("x", "where", key="where", answer="{x} grow {where}", table="""
            apples | on trees
            cherries | on trees
            grapes | on vines
            carrots | under the ground
            potatoes | under the ground
            onions | under the ground
            strawberries | close to the ground
            coconuts | on palm trees
            olives | on olive trees
            acorns | on oak trees
            raspberries | on bushes
            pumpkins | on the ground
            water lilies | in ponds"""), _ABOUT_X,
    ),
    _lone("water_boils", "Water boils at one hundred degrees.", "one hundred",
          "when does water boil", "at what temperature does water boil", "what is the boiling point of water",
          "boiling point of water", "how hot is boiling water", "at how many degrees does water boil",
          "water boils at what temperature", "how hot must water be to boil", "tell me when water boils",
          "do you know when water boils", "what temperature does boiling water have", "the temperature of boiling water"),
    _lone("water_freezes", "Water freezes at zero degrees.", "zero",
          "when does water freeze", "at what temperature does water freeze", "what is the freezing point of water",
          "freezing point of water", "how cold must water be to freeze", "at how many degrees does water freeze",
          "water freezes at what temperature", "when does water turn to ice", "at what temperature does water turn to ice",
          "tell me when water freezes", "do you know when water freezes", "at how many degrees does ice melt"),
    _lone("sky_blue", "Air scatters blue light the most.", "scatters blue",
          "why is the sky blue", "why does the sky look blue", "how come the sky is blue", "what makes the sky blue",
          "tell me why the sky is blue", "do you know why the sky is blue", "why is the sky not green",
          "why do we see a blue sky", "what is the reason the sky is blue", "explain why the sky is blue",
          "what gives the sky its blue colour"),
    _lone("rainbow", "Sunlight shines through drops of rain.", "sunlight rain",
          "how does a rainbow form", "how is a rainbow made", "what makes a rainbow", "when do you see a rainbow",
          "why is there a rainbow", "where does a rainbow come from", "how does a rainbow appear",
          "tell me how a rainbow is made", "do you know how a rainbow is made", "explain a rainbow", "what causes a rainbow"),
    _lone("night", "The earth turns away from the sun.", "earth turns sun",
          "why does it get dark at night", "why is it dark at night", "why is there night", "why do we have night",
          "what makes it dark at night", "why do we have day and night", "how do day and night come about",
          "what causes night", "why does the sun go down", "why does the sun set", "tell me why it is dark at night",
          "where does the daylight go at night"),
    _lone("seasons_why", "The earth is tilted towards the sun.", "tilted",
          "why do we have seasons", "why are there seasons", "what causes the seasons", "what makes the seasons change",
          "why do the seasons change", "tell me why we have seasons", "do you know why there are seasons",
          "where do the seasons come from", "explain the seasons", "how come there are seasons"),
    _lone("tides", "The moon pulls on the sea.", "moon pulls",
          "what causes the tides", "why are there tides", "what makes the tides", "why does the sea rise and fall",
          "where do the tides come from", "why is there high tide and low tide", "tell me what causes the tides",
          "do you know what causes the tides", "explain the tides", "who moves the sea up and down", "why do we have tides"),
    _lone("sun_is", "The sun is a star.", "star",
          "what is the sun", "what kind of thing is the sun", "is the sun a star or a planet", "is the sun a planet",
          "is the sun a star", "tell me what the sun is", "do you know what the sun is", "what exactly is the sun",
          "what sort of object is the sun", "is the sun a star or a moon", "explain what the sun is"),
    _lone("moon_is", "The moon circles around the earth.", "circles earth",
          "what does the moon do", "what does the moon circle around", "what does the moon go around",
          "around what does the moon turn", "the moon goes around what", "what does the moon move around",
          "what does the moon orbit", "tell me what the moon orbits", "do you know what the moon goes around",
          "which planet does the moon orbit", "how does the moon move"),
    _lone("earth_moons", "The earth has one moon.", "one",
          "how many moons does the earth have", "how many moons has the earth", "how many moons are there around the earth",
          "how many moons do we have", "the number of moons of the earth", "tell me how many moons the earth has",
          "do you know how many moons the earth has", "how many moons go around the earth", "how many moons circle the earth",
          "what is the number of moons of the earth"),
    _lone("earth_orbit", "The earth circles the sun in one year.", "one year",
          "how long does the earth need to circle the sun", "how long does the earth take to go around the sun",
          "in what time does the earth circle the sun", "how long is one trip of the earth around the sun",
          "how much time does the earth need for its way around the sun",
          "tell me how long the earth takes to circle the sun", "do you know how long the earth needs to circle the sun",
          "how long does one orbit of the earth take", "how fast does the earth go around the sun",
          "when is the earth once around the sun"),
    _lone("earth_spin", "The earth turns once in one day.", "one day",
          "how long does the earth need to turn once", "how long does the earth take to spin once",
          "how fast does the earth turn", "how fast does the earth spin", "in what time does the earth turn once",
          "how much time does the earth need to turn once", "how long is one turn of the earth",
          "tell me how long the earth takes to turn once", "do you know how fast the earth spins",
          "when has the earth turned once"),
    _lone("planets_list", "Mercury, Venus, Earth, Mars and four more.", "mercury venus earth mars",
          "name the planets", "what are the planets called", "list the planets", "tell me the planets",
          "what are the names of the planets", "which planets are there", "what planets are there", "say the planets",
          "do you know the planets", "give me the names of the planets", "which planets go around the sun"),
    _lone("our_planet", "We live on the planet Earth.", "earth",
          "which planet do we live on", "what planet do we live on", "on which planet do we live",
          "what is our planet called", "what is the name of our planet", "tell me the name of our planet",
          "do you know which planet we live on", "which planet is our home", "which planet do people live on",
          "what planet are we on", "name the planet we live on"),
    _lone("galaxy", "Our galaxy is the Milky Way.", "milky way",
          "what is our galaxy called", "which galaxy do we live in", "what galaxy do we live in",
          "what is the name of our galaxy", "tell me the name of our galaxy", "do you know the name of our galaxy",
          "in which galaxy are we", "what galaxy is the earth in", "which galaxy is the sun in", "name our galaxy"),
    _lone("continents", "There are seven continents.", "seven",
          "how many continents are there", "how many continents are there on earth",
          "how many continents does the earth have", "the number of continents", "tell me how many continents there are",
          "do you know how many continents there are", "what is the number of continents", "how many continents exist",
          "how many continents do we have", "how many continents are in the world", "count the continents"),
    _lone("oceans", "There are five oceans.", "five",
          "how many oceans are there", "how many oceans are there on earth", "how many oceans does the earth have",
          "the number of oceans", "tell me how many oceans there are", "do you know how many oceans there are",
          "what is the number of oceans", "how many oceans exist", "how many oceans do we have",
          "how many oceans are in the world", "count the oceans"),
    _lone("senses", "People have five senses.", "five",
          "how many senses do we have", "how many senses do people have", "how many senses does a person have",
          "the number of senses", "tell me how many senses we have", "do you know how many senses we have",
          "how many senses are there", "what is the number of our senses", "how many senses do humans have",
          "how many senses has a human"),
    _lone("fingers_all", "You have ten fingers.", "ten",
          "how many fingers do i have", "how many fingers do we have", "how many fingers does a person have",
          "how many fingers do people have", "how many fingers are on two hands", "tell me how many fingers i have",
          "do you know how many fingers people have", "how many fingers has a person", "how many fingers do both hands have",
          "how many fingers does a human have"),
    _lone("bones", "An adult has two hundred six bones.", "two hundred six",
          "how many bones do we have", "how many bones does an adult have", "how many bones does a person have",
          "how many bones are in the body", "how many bones are in the human body", "the number of bones in the body",
          "tell me how many bones we have", "do you know how many bones we have", "how many bones does a human have",
          "what is the number of bones in the body"),
    _lone("heart", "The heart pumps blood.", "pumps blood",
          "what does the heart do", "what is the heart for", "why do we have a heart", "what is the job of the heart",
          "what does my heart do", "tell me what the heart does", "do you know what the heart does",
          "what do we need the heart for", "what work does the heart do", "why does the heart beat",
          "how does the heart work"),
    _lone("stomach", "The stomach digests our food.", "digests food",
          "what does the stomach do", "what is the stomach for", "why do we have a stomach", "what is the job of the stomach",
          "what does my stomach do", "tell me what the stomach does", "do you know what the stomach does",
          "what do we need the stomach for", "what work does the stomach do", "where does the food go when we eat",
          "how does the stomach work"),
    _lone("breathe", "We breathe oxygen from the air.", "oxygen",
          "what do we breathe", "which gas do we breathe", "what gas do we need to breathe", "what do people breathe",
          "what do humans breathe", "what gas do our lungs need", "tell me what we breathe", "do you know what we breathe",
          "which gas do people need to live", "what do we need from the air", "which part of the air do we need"),
    _lone("air", "Air is mostly nitrogen.", "nitrogen",
          "what is air made of", "what is in the air", "which gas is most of the air", "what is the air mostly made of",
          "what is air mostly", "which gas is most common in the air", "tell me what air is made of",
          "do you know what air is made of", "what does air consist of", "what gas is there most of in the air"),
    _lone("water_is", "Water is hydrogen and oxygen.", "hydrogen oxygen",
          "what is water made of", "what is water", "what does water consist of", "which elements are in water",
          "what elements make up water", "tell me what water is made of", "do you know what water is made of",
          "of what does water consist", "what is in water", "which gases make water", "water is made of what"),
    _lone("salty", "The sea is full of salt.", "salt",
          "why is the sea salty", "what does the sea taste of", "what makes the sea salty", "how does sea water taste",
          "what is in sea water", "why does sea water taste salty", "why can't we drink sea water",
          "tell me why the sea is salty", "do you know why the sea is salty", "what is dissolved in the sea",
          "how come the sea is salty"),
    _lone("plants_need", "Plants need water and light.", "water light",
          "what do plants need", "what does a plant need", "what do plants need to grow", "what does a plant need to grow",
          "what do flowers need to grow", "what makes plants grow", "tell me what plants need",
          "do you know what plants need", "how do plants grow", "what should i give my plants", "what do plants need to live"),
    _lone("why_green", "Leaves contain green chlorophyll.", "chlorophyll",
          "why are leaves green", "what makes leaves green", "why are plants green", "what makes plants green",
          "why does a leaf look green", "tell me why leaves are green", "do you know why leaves are green",
          "how come leaves are green", "what is the green stuff in leaves", "explain why leaves are green"),
    _lone("honey", "Bees make honey.", "bees",
          "who makes honey", "where does honey come from", "which animal makes honey", "what animal makes honey",
          "which insect makes honey", "how is honey made", "tell me who makes honey", "do you know who makes honey",
          "honey comes from what", "from which animal is honey", "who produces honey"),
    _lone("milk", "Milk comes from cows.", "cows",
          "where does milk come from", "who gives us milk", "which animal gives us milk", "what animal does milk come from",
          "from which animal is milk", "tell me where milk comes from", "do you know where milk comes from",
          "how do we get milk", "milk comes from what", "who gives milk", "where do we get milk from"),
    _lone("eggs", "Hens lay eggs.", "hens",
          "who lays eggs", "where do eggs come from", "which animal lays the eggs we eat", "what bird lays our eggs",
          "from which animal are eggs", "tell me where eggs come from", "do you know where eggs come from",
          "how do we get eggs", "eggs come from what", "who lays the eggs we eat", "where do we get eggs from"),
    _lone("wool", "Wool comes from sheep.", "sheep",
          "where does wool come from", "who gives us wool", "which animal gives us wool", "what animal does wool come from",
          "from which animal is wool", "tell me where wool comes from", "do you know where wool comes from",
          "how do we get wool", "wool comes from what", "who gives wool", "where do we get wool from"),
    _lone("sunrise", "The sun rises in the east.", "east",
          "where does the sun rise", "where does the sun come up", "in which direction does the sun rise",
          "on which side does the sun rise", "the sun rises where", "tell me where the sun rises",
          "do you know where the sun rises", "from where does the sun rise", "where can i see the sunrise",
          "in what direction is the sunrise", "where is the sun in the morning"),
    _lone("sunset", "The sun sets in the west.", "west",
          "where does the sun set", "where does the sun go down", "in which direction does the sun set",
          "on which side does the sun set", "the sun sets where", "tell me where the sun sets",
          "do you know where the sun sets", "where can i see the sunset", "in what direction is the sunset",
          "where is the sun in the evening"),
    _lone("directions", "North, south, east and west.", "north south east west",
          "what are the four directions", "name the four directions", "tell me the four directions",
          "which directions are on a compass", "what directions does a compass show", "what are the points of the compass",
          "name the points of the compass", "list the four directions", "do you know the four directions",
          "say the four directions"),
    _lone("primary", "Red, yellow and blue.", "red yellow blue",
          "what are the primary colours", "name the primary colours", "tell me the primary colours",
          "which are the primary colours", "which colours are primary", "what are the three primary colours",
          "do you know the primary colours", "list the primary colours", "say the primary colours",
          "which colours do painters call primary"),
    _lone("traffic_red", "Red means stop.", "stop",
          "what does a red light mean", "what does red mean at a traffic light", "what do i do at a red light",
          "what do you do at a red light", "the light is red what do i do", "what does the red traffic light say",
          "tell me what a red light means", "do you know what a red light means", "what must cars do at a red light",
          "when the light is red what do you do"),
    _lone("traffic_green", "Green means go.", "go",
          "what does a green light mean", "what does green mean at a traffic light", "what do i do at a green light",
          "what do you do at a green light", "the light is green what do i do", "what does the green traffic light say",
          "tell me what a green light means", "do you know what a green light means", "what may cars do at a green light",
          "when the light is green what do you do"),
    _lone("christmas", "Christmas is in December.", "december",
          "when is christmas", "in which month is christmas", "what month is christmas in", "which month is christmas in",
          "tell me when christmas is", "do you know when christmas is", "christmas is in which month",
          "when do we celebrate christmas", "what month do we celebrate christmas", "in what month is christmas",
          "when does christmas come"),
    _lone("new_year", "The year starts in January.", "january",
          "when does the year start", "when is new year", "in which month does the year start",
          "what month does the year start in", "when does the year begin", "in which month does the year begin",
          "when does a new year begin", "tell me when the year starts", "do you know when the year starts",
          "the year starts in which month", "when is new year's day"),
    _lone("halloween", "Halloween is in October.", "october",
          "when is halloween", "in which month is halloween", "what month is halloween in", "which month is halloween in",
          "tell me when halloween is", "do you know when halloween is", "halloween is in which month",
          "when do we celebrate halloween", "what month do we celebrate halloween", "in what month is halloween"),
    _lone("leap_year", "A leap year comes every four years.", "four years",
          "how often is there a leap year", "how often does a leap year come", "when is a leap year",
          "when do we have a leap year", "every how many years is there a leap year", "tell me how often a leap year comes",
          "do you know how often there is a leap year", "how many years until the next leap year",
          "how often do we have a leap year", "how often is february longer"),
    _lone("light_fast", "Light is faster than sound.", "light",
          "what is faster light or sound", "which is faster light or sound", "is light faster than sound",
          "is sound faster than light", "is light or sound faster", "tell me which is faster light or sound",
          "do you know if light is faster than sound", "what travels faster light or sound",
          "which travels faster sound or light", "what is faster sound or light"),
    _lone("thunder", "Light is much faster than thunder.", "light faster thunder",
          "why do we see lightning before thunder", "why does lightning come before thunder",
          "why does thunder come after lightning", "why do i hear thunder later", "why is thunder later than lightning",
          "how come lightning comes first", "why do we hear thunder after lightning", "what comes first lightning or thunder",
          "tell me why thunder comes after lightning", "do you know why thunder comes later"),
    _lone("gravity", "Gravity pulls things down.", "gravity",
          "why do things fall", "why does an apple fall down", "what makes things fall", "why do things fall down",
          "what pulls things down", "what is gravity", "what does gravity do", "why do we not float away",
          "tell me why things fall", "do you know why things fall", "why does a ball come down",
          "which force pulls things down"),
    _lone("magnet", "A magnet attracts iron.", "iron",
          "what does a magnet attract", "what does a magnet pull", "what sticks to a magnet", "what does a magnet do",
          "which metal does a magnet attract", "what metal sticks to a magnet", "what do magnets attract",
          "tell me what a magnet attracts", "do you know what a magnet attracts", "what can you pick up with a magnet"),
    _lone("wood_floats", "Wood is lighter than water.", "lighter",
          "why does wood float", "why does wood swim on water", "how come wood floats", "what makes wood float",
          "why doesn't wood sink", "tell me why wood floats", "do you know why wood floats", "explain why wood floats",
          "why does a log float", "is wood lighter than water"),
    _lone("fire_needs", "Fire needs air and something to burn.", "air burn",
          "what does fire need", "what does a fire need", "what does a fire need to burn", "what do you need for a fire",
          "what keeps a fire going", "tell me what fire needs", "do you know what fire needs", "what does a flame need",
          "how does a fire burn", "what must a fire have"),
    _lone("sleep_need", "Adults need about eight hours of sleep.", "eight",
          "how much sleep do we need", "how long should i sleep", "how many hours should i sleep",
          "how many hours of sleep do we need", "how much sleep do i need", "how long should people sleep",
          "how much sleep does an adult need", "tell me how long i should sleep", "do you know how much sleep we need",
          "how many hours do people need to sleep"),
    _lone("body_temperature", "It is about thirty seven degrees.", "thirty seven",
          "what is the normal body temperature", "how warm is the human body", "how warm is a person",
          "what is our body temperature", "what temperature does the body have", "the normal body temperature",
          "tell me the normal body temperature", "do you know the normal body temperature", "how many degrees is the body",
          "how hot is the human body"),
    _lone("alphabet_first", "The alphabet starts with the letter a.", "a",
          "what is the first letter of the alphabet", "which letter comes first in the alphabet",
          "how does the alphabet start", "what letter does the alphabet start with",
          "tell me the first letter of the alphabet", "do you know the first letter of the alphabet",
          "what does the alphabet begin with", "which letter is first in the alphabet", "the first letter of the alphabet",
          "name the first letter of the alphabet"),
    _lone("alphabet_last", "The alphabet ends with the letter z.", "z",
          "what is the last letter of the alphabet", "which letter comes last in the alphabet", "how does the alphabet end",
          "what letter does the alphabet end with", "tell me the last letter of the alphabet",
          "do you know the last letter of the alphabet", "which letter is last in the alphabet",
          "the last letter of the alphabet", "name the last letter of the alphabet", "at which letter does the alphabet end"),
    _lone("vowels", "The vowels are a, e, i, o and u.", "a e i o u",
          "what are the vowels", "name the vowels", "which letters are vowels", "tell me the vowels", "list the vowels",
          "say the vowels", "do you know the vowels", "which are the vowels", "what letters are vowels", "give me the vowels"),
    _lone("dinosaurs", "The dinosaurs died out long ago.", "died out",
          "where are the dinosaurs", "what happened to the dinosaurs", "are there still dinosaurs", "do dinosaurs still live",
          "are dinosaurs still alive", "what became of the dinosaurs", "tell me what happened to the dinosaurs",
          "do you know what happened to the dinosaurs", "where did the dinosaurs go", "why are there no dinosaurs"),
    _lone("penguin_fly", "No, penguins swim but cannot fly.", "no",
          "can penguins fly", "can a penguin fly", "do penguins fly", "does a penguin fly", "are penguins able to fly",
          "is a penguin able to fly", "tell me if penguins can fly", "do you know if penguins can fly",
          "can penguins fly or only swim", "could a penguin fly"),
    _lone("whale_fish", "No, a whale is a mammal.", "no mammal",
          "is a whale a fish", "are whales fish", "is the whale a fish", "is a whale a fish or a mammal",
          "are whales fish or mammals", "tell me if a whale is a fish", "do you know if a whale is a fish",
          "does a whale count as a fish", "do whales belong to the fish", "would you say a whale is a fish"),
    _lone("tomato", "A tomato is a fruit.", "fruit",
          "is a tomato a fruit", "is a tomato a vegetable", "is a tomato a fruit or a vegetable",
          "are tomatoes fruit or vegetables", "are tomatoes fruit", "are tomatoes vegetables",
          "tell me if a tomato is a fruit", "do you know if a tomato is a fruit", "what is a tomato",
          "what kind of plant food is a tomato"),
    _lone("camel_hump", "A camel stores fat in its hump.", "fat",
          "what is in a camel's hump", "what does a camel have in its hump", "what does a camel store in its hump",
          "why does a camel have a hump", "what is the hump of a camel for", "what is inside a camel's hump",
          "tell me what is in a camel's hump", "do you know what is in a camel's hump", "what do camels keep in their humps",
          "why do camels have humps"),
    _lone("chameleon", "The chameleon changes its colour.", "chameleon",
          "which animal changes its colour", "which animal can change its colour", "what animal changes colour",
          "who can change colour", "name an animal that changes its colour", "tell me an animal that changes colour",
          "do you know an animal that changes colour", "which lizard changes its colour", "what lizard can change colour",
          "which animal is known for changing its colour"),
    _lone("moon_landing", "It was in nineteen sixty nine.", "nineteen sixty nine",
          "when did people land on the moon", "when was the moon landing", "what year was the moon landing",
          "in which year was the moon landing", "when was the first man on the moon",
          "in what year did people land on the moon", "tell me when the moon landing was",
          "do you know when the moon landing was", "the year of the moon landing", "when did humans first land on the moon"),
    _lone("berlin_wall", "It fell in nineteen eighty nine.", "nineteen eighty nine",
          "when did the berlin wall fall", "in which year did the berlin wall fall", "what year did the berlin wall fall",
          "when did the wall fall", "in what year did the wall come down", "when did the berlin wall come down",
          "when was the fall of the berlin wall", "do you know when the berlin wall fell", "the year the berlin wall fell",
          "tell me when the berlin wall fell"),
    _lone("us_president_first", "George Washington was the first president.", "washington",
          "who was the first president of the united states", "who was the first american president",
          "the first president of the united states", "tell me the first american president",
          "do you know the first american president", "name the first president of the united states",
          "which president was the first in america", "who was america's first president",
          "what was the name of the first american president", "who became the first president of the united states"),
    _lone("photosynthesis", "Plants give us oxygen.", "oxygen",
          "what do plants give us", "what do trees give us to breathe", "which gas do plants make", "what gas do trees make",
          "what do plants make for us", "why are trees good for the air", "tell me what gas plants make",
          "do you know what gas plants make", "what gas comes from plants", "who makes oxygen"),
    _lone("rain", "Drops of water fall from the clouds.", "drops clouds",
          "why does it rain", "where does rain come from", "what makes it rain", "how does rain form", "how is rain made",
          "tell me why it rains", "do you know why it rains", "how come it rains", "what is rain", "what causes rain",
          "explain rain"),
    _lone("tree_age", "Count the rings in its trunk.", "rings",
          "how old is a tree", "how do you tell the age of a tree", "how can i tell how old a tree is",
          "how do i find the age of a tree", "how do you know how old a tree is", "what shows the age of a tree",
          "tell me how to find the age of a tree", "do you know how to tell the age of a tree",
          "where can you see the age of a tree", "how can you see how old a tree is"),
    _lone("emergency", "Call the emergency number right away.", "emergency",
          "what do i do in an emergency", "what should i do if there is a fire", "who do i call in an emergency",
          "what do i do when there is a fire", "who should i call if there is an accident", "what do you do in an emergency",
          "what should i do in an emergency", "whom do i call when the house burns", "there is a fire what do i do",
          "there was an accident what do i do"),
)
