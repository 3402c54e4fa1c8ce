"""Common facts that share their wordings, as tables."""

from __future__ import annotations

from .intent import Intent
from .tables import ABOUT_X, table

INTENTS: tuple[Intent, ...] = (
    Intent(
        "author",
        ("who wrote {x}", "who is the author of {x}", "who's the author of {x}", "who was the author of {x}",
         "{x} was written by whom", "which author wrote {x}", "which writer wrote {x}", "tell me who wrote {x}",
         "do you know who wrote {x}", "the author of {x}", "who is the writer of {x}", "do you know the author of {x}",
         "name the author of {x}", "by whom is {x}", "who created {x}", "from whom is {x}", "i want to know who wrote {x}",
         "tell me the author of {x}", "the book {x} is by whom", "who came up with {x}"),
        table("x", "who", key="who", answer="{who} wrote {x}", lines="""
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
        table("x", "who", key="who", answer="{who} invented {x}", lines="""
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
        table("who", "x", key="who", answer="{who} {x}", lines="""
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
        table("x", "what", key="what", answer="{x} is made of {what}", lines="""
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
            a spider web | silk"""), ABOUT_X,
    ),
    Intent(
        "place_for",
        ("where do you {x}", "where can i {x}", "where do people {x}", "where do i {x}", "where should i {x}",
         "where would you {x}", "in what place do you {x}", "where do i go to {x}", "where do you go if you want to {x}",
         "tell me where to {x}", "tell me where i can {x}", "do you know where to {x}", "do you know where i can {x}",
         "where does one {x}", "i want to {x} where do i go", "if i want to {x} where do i go",
         "where is a good place to {x}", "what is the place to {x}"),
        table("x", "where", key="where", answer="you {x} {where}", lines="""
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
        table("who", "x", key="who", answer="{who} {x}", lines="""
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
        table("x", "tool", key="tool", answer="you {x} with {tool}", lines="""
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
        table("what", "x", key="what", answer="{what} is {x}", lines="""
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
        table("x", "word", key="word", answer="that is called {word}", lines="""
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
        table("x", "parts", "count", key="count", answer="{x} has {count} {parts}", lines="""
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
        table("x", "where", key="where", answer="{x} is in {where}", lines="""
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
        table("x", "what", key="what", answer="{x} are for {what}", lines="""
            eyes | seeing
            ears | hearing
            noses | smelling
            tongues | tasting
            lungs | breathing
            teeth | chewing
            legs | walking
            brains | thinking
            hands | holding things
            muscles | moving"""), ABOUT_X,
    ),
    Intent(
        "grows",
        ("where do {x} grow", "where does one find {x} growing", "on what do {x} grow", "what do {x} grow on",
         "tell me where {x} grow", "do you know where {x} grow", "where can i pick {x}", "in what place do {x} grow",
         "{x} grow where", "i want to know where {x} grow", "where do you see {x} growing", "where do farmers grow {x}"),
        table("x", "where", key="where", answer="{x} grow {where}", lines="""
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
            water lilies | in ponds"""), ABOUT_X,
    ),
)
