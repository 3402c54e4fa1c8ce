"""Definitions from nature: land, water, weather, sky, plants, matter."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .tables import things

_LAND = """
a glacier | a slow river of ice
an iceberg | a floating mountain of ice
a volcano | a mountain that spits hot lava
lava | melted rock from a volcano
magma | melted rock below the ground
a crater | a round hollow in the ground
an earthquake | a shaking of the ground
a canyon | a deep valley with steep sides
a valley | low land between hills
a plateau | high and flat land
a plain | wide and flat land
a peninsula | land with water on three sides
an island | land with water all around
an archipelago | a group of islands
an isthmus | a narrow bridge of land
a continent | a very large piece of land
a desert | a very dry land
an oasis | a green place in the desert
a dune | a hill of sand
a jungle | a thick and hot forest
a rainforest | a forest with very much rain
a savanna | a warm grassland with few trees
the tundra | cold land without trees
a swamp | wet land with trees
a marsh | wet land with grass
a meadow | a field of grass and flowers
a cliff | a steep wall of rock
a cave | a hollow in the rock
a beach | the sandy edge of the sea
a coast | the land beside the sea
a bay | a wide curve of the coast
a reef | a ridge of rock or coral in the sea
coral | a colony of tiny sea animals
a delta | the branching mouth of a river
a waterfall | water that drops over a cliff
a river | fresh water that flows to the sea
a stream | a small river
a lake | still water with land around it
a pond | a very small lake
a lagoon | shallow water behind a reef
a geyser | a hot spring that shoots up
a spring of water | a place where water leaves the ground
a fjord | a narrow arm of the sea between cliffs
an ocean | a huge body of salt water
a strait | a narrow way between two seas
a mountain | very high land
a hill | land that is a bit higher
a mountain range | a row of mountains
a fossil | the trace of ancient life in stone
soil | the earth that plants grow in
clay | soft earth that hardens in fire
sand | rock ground into tiny grains
coal | a black rock that burns
a mineral | a solid that makes up rocks
a crystal | a solid with a regular pattern
the equator | the line around the middle of the earth
the north pole | the top of the earth
the south pole | the bottom of the earth
a hemisphere | one half of the earth
latitude | the distance from the equator in degrees
longitude | the distance east or west in degrees
a map | a picture of the land from above
a globe | a round model of the earth
"""

_WEATHER = """
a cloud | tiny drops of water in the air
fog | a cloud that lies on the ground
mist | a thin kind of fog
dew | water drops on cool grass
frost | a thin layer of ice
hail | balls of ice that fall from clouds
sleet | a mix of rain and snow
a drizzle | very light rain
a blizzard | a strong storm with snow
a hurricane | a huge storm that spins over warm seas
a tornado | a spinning tube of wind
a thunderstorm | a storm with thunder and lightning
lightning | an electric spark in the sky
thunder | the sound of lightning
wind | air that moves
a breeze | a gentle wind
a gale | a very strong wind
a monsoon | a season of heavy rain
a drought | a long time without rain
a flood | water that covers dry land
an avalanche | snow that slides down a mountain
a tsunami | a giant wave after an earthquake
a heat wave | many very hot days in a row
humidity | the amount of water in the air
the climate | the usual weather of a place
a forecast | a guess at the coming weather
a thermometer | a tool that measures temperature
a barometer | a tool that measures air pressure
the atmosphere | the layer of air around the earth
the tide | the daily rise and fall of the sea
a wave | a moving ridge of water
a current | water that flows through the sea
"""

_SKY = """
a star | a huge ball of glowing gas
a planet | a big round body that circles a star
a moon | a body that circles a planet
a comet | a ball of ice with a shining tail
a meteor | a stone that burns up in the sky
a meteorite | a stone that fell from space
an asteroid | a rock that circles the sun
a galaxy | a huge family of stars
the Milky Way | the galaxy that we live in
the solar system | the sun and all that circles it
the universe | everything that exists
a constellation | a picture made of stars
an eclipse | one body in the shadow of another
an orbit | the path around a star or planet
a satellite | something that circles a planet
a rocket | an engine that flies into space
a telescope | a tool that makes far things look near
a space station | a house that circles the earth
an observatory | a house for watching the stars
a light year | the way light travels in one year
a supernova | the explosion of a big star
a nebula | a cloud of gas in space
the horizon | the line where earth and sky meet
dawn | the first light of the morning
dusk | the last light of the evening
twilight | the weak light after sunset
a full moon | the moon when all of it shines
a new moon | the moon when none of it shines
a sundial | a clock that uses a shadow
a solstice | the longest or shortest day
an equinox | when day and night are equally long
space | the emptiness between the stars
the north star | the star above the north pole
an aurora | a glow in the polar sky
"""

_LIFE = """
a root | the part of a plant below the ground
a stem | the part of a plant that carries leaves
a leaf | the flat green part of a plant
a petal | a coloured leaf of a flower
the seed of a plant | what a new plant grows from
a bud | a flower that is still closed
a trunk | the thick stem of a tree
bark | the skin of a tree
a branch | an arm of a tree
a thorn | a sharp point on a plant
pollen | the fine dust of flowers
nectar | the sweet juice of flowers
sap | the juice inside a plant
moss | a soft green plant without flowers
a fern | a green plant without flowers
a mushroom | the fruit of a fungus
a cactus | a desert plant that stores water
seaweed | a green growth in the sea
algae | tiny green life in the water
grass | a thin green plant of the meadows
a weed | a plant where nobody wants it
a hedge | a wall of bushes
an orchard | a garden of fruit trees
a vineyard | a field where grapes grow
a forest | a place with many trees
a crop | a plant that farmers grow
a harvest | the time of gathering crops
compost | old plants that turn into soil
a conifer | a tree with cones and needles
an acorn | the nut of an oak
a bulb of a flower | a round root like an onion
a mammal | an animal that drinks its mother's milk
a bird | an animal with feathers
a fish | an animal with fins and gills
a reptile | an animal with dry scales
an amphibian | an animal of water and land
an insect | a small animal with six legs
an arachnid | a small animal with eight legs
a rodent | an animal that gnaws
a predator | an animal that hunts others
prey | an animal that is hunted
a herbivore | an animal that eats plants
a carnivore | an animal that eats meat
an omnivore | an animal that eats everything
a vertebrate | an animal with a backbone
a parasite | life that feeds on other life
a habitat | the natural home of an animal
a species | one kind of animal or plant
a dinosaur | a giant reptile of long ago
a mammoth | a hairy elephant of long ago
a fin | the arm of a fish
a gill | what a fish breathes with
a feather | the dress of a bird
a beak | the mouth of a bird
a claw | the sharp nail of an animal
a paw | the foot of a dog or cat
a hoof | the hard foot of a horse
a mane | the long hair on a horse's neck
a tusk | the long tooth of an elephant
an antler | the branching horn of a deer
a shell | a hard house on an animal
a cocoon | the silk bed of a caterpillar
a tadpole | a frog that is not grown up
a nest | the home of a bird
a den | the home of a fox
a burrow | a hole where a rabbit lives
a hive | the home of bees
a swarm | a big group of bees
a herd | a big group of cattle
a flock | a group of birds or sheep
migration | the long journey of animals
hibernation | the long winter sleep of animals
camouflage | looking like what is around you
"""

_MATTER = """
an atom | the smallest piece of an element
a molecule | a group of atoms
an element | a matter of one kind of atom
an electron | a tiny part of an atom
a nucleus | the core of an atom
a solid | matter that keeps its shape
a liquid | matter that flows
a gas | matter that fills all its room
ice | water that is frozen
steam | water that became a gas
a mixture | several things put together
a solution of salt | salt that is spread in water
rust | iron that joined with oxygen
an acid | a sour matter like vinegar
oxygen | the gas that we breathe in
carbon dioxide | the gas that we breathe out
energy | the ability to do work
heat | the motion of tiny parts
temperature | how hot or cold something is
friction | the rubbing that slows things down
speed | how fast something moves
weight | how heavy something is
mass | how much matter a thing has
volume | how much room a thing takes
density | how much mass fits in a room
pressure | a force on a surface
a force | a push or a pull
a lever | a bar that makes lifting easy
a pulley | a wheel with a rope for lifting
a magnet | a thing that attracts iron
electricity | the flow of tiny charges
a circuit | a closed path for electricity
a conductor of electricity | a matter that lets electricity flow
an insulator | a matter that stops electricity
a battery | a store of electric energy
a generator | a machine that makes electricity
light | what our eyes can see
a shadow | a dark place behind a thing
a lens | a curved glass that bends light
a prism | a glass that splits light into colours
a mirror | a glass that throws back light
a reflection | light or sound that comes back
an echo | a sound that comes back
sound | a shaking of the air
a vibration | a fast shaking
frequency | how often something shakes each second
gravity on earth | the force that pulls things down
a vacuum | a space without air
fuel | what we burn for energy
oil | a liquid fuel from the ground
solar power | energy from the light of the sun
wind power | energy from moving air
"""


def _define(name: str, lines: str) -> Intent:
    facts = things("x", "what", answer="{x} is {what}", key="what", lines=lines)
    return Intent(f"define.{name}", WHAT_IS, facts, AND_WHAT_IS)


INTENTS: tuple[Intent, ...] = (
    _define("land", _LAND),
    _define("weather", _WEATHER),
    _define("sky", _SKY),
    _define("life", _LIFE),
    _define("matter", _MATTER),
)
