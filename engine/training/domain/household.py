"""Food, kitchen, house and tools: definitions, what things are for and where they belong."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .patterns import expand
from .tables import ABOUT_X, table, things

_FOOD = """
dough | flour and water before baking
flour | grain that was ground
yeast | a tiny fungus that lifts dough
honey | sweet food that bees make
jam | fruit cooked with sugar
a salad | a cold dish of vegetables
a soup | a warm liquid dish
a stew | meat or vegetables cooked slowly
an omelette | fried eggs folded over
a sandwich | two slices of bread with a filling
a pie | a baked dish with a crust
a raisin | a dried grape
a prune | a dried plum
tofu | a food made of soy beans
sushi | rice with fish from Japan
a pickle | a cucumber in vinegar
vinegar | a sour liquid for salads
porridge | oats cooked in milk or water
a dessert | the sweet end of a meal
a starter | the first dish of a meal
breakfast | the first meal of the day
lunch | the meal in the middle of the day
dinner | the big meal in the evening
brunch | a late and large breakfast
a picnic | a meal out in the open
a barbecue | a meal cooked over fire
a recipe | a plan for cooking a dish
a snack | a small bite between meals
a buffet | a table where all help themselves
a vegetarian | a person who eats no meat
a vegan | a person who eats nothing from animals
popcorn | corn that burst in the heat
tea | a drink made of leaves
coffee | a drink made of roasted beans
cocoa | a drink made of chocolate
lemonade | a sweet drink with lemon
cider | a drink made of apples
ice cream | frozen sweet cream
whipped cream | cream beaten with air
a spice | a plant that gives taste
an egg yolk | the yellow part of an egg
egg white | the clear part of an egg
toast | bread that was browned by heat
caramel | sugar that was browned by heat
"""

_HOUSE = """
an attic | the room under the roof
a cellar | the room below the house
a chimney | a pipe that takes smoke away
a balcony | an open place on a wall
a corridor | a long way between rooms
a staircase | steps from floor to floor
an elevator | a room that moves up and down
a ceiling | the top of a room
a threshold | the bottom of a doorway
a hinge | what a door turns on
a carpet | a soft cover for the floor
a curtain | a cloth in front of a window
a pillow | a soft place for the head
a mattress | the soft part of a bed
a blanket | a warm cover for the bed
a drawer | a box that slides out of furniture
a tap | a thing that water comes out of
a socket | a place in the wall for a plug
a plug | the end of an electric cable
a fuse | a part that breaks before the wire burns
a switch | a part that turns things on and off
a boiler | a machine that heats water
a radiator | a heater on the wall
a fridge | a cupboard that keeps food cold
a freezer | a cupboard that keeps food frozen
a kettle | a pot for boiling water
a dishwasher | a machine that washes plates
a vacuum cleaner | a machine that sucks up dust
a broom | a brush with a long handle
a bucket | a round box for water
a ladder | steps that you can carry
a candle | a stick of wax with a wick
a vase | a pot for flowers
a mug | a big cup with a handle
a lamp | a thing that gives light
a doorbell | a bell that visitors ring
a letterbox | a box for the mail
a fence | a wall of wood or wire
a shed | a small house for tools
a greenhouse | a house of glass for plants
a lawn | a piece of short grass
a roof | the cover of a house
a brick | a block of burned clay
cement | a powder that hardens with water
plumbing | all the water pipes of a house
a smoke alarm | a thing that warns of fire
a fire extinguisher | a bottle that puts out fires
an umbrella | a roof that you carry
a suitcase | a box for travelling
a wallet | a small case for money
a key | a thing that opens a lock
a zipper | two rows of teeth that close
a button | a small disc that closes a coat
a needle | a thin pin with an eye
"""

_FOR = """
a hammer | hitting nails
a saw | cutting wood
a screwdriver | turning screws
a drill | making holes
a spanner | turning nuts
a rake | gathering leaves
a spade | digging
an axe | splitting wood
a ruler | drawing and measuring lines
a pair of scissors | cutting paper
a needle | sewing
a whisk | beating eggs
a ladle | serving soup
a grater | making cheese fine
a sieve | holding back lumps
a corkscrew | opening bottles
a rolling pin | making dough flat
a pan | frying
an oven | baking
a toaster | browning bread
an electric iron | making clothes smooth
a broom | sweeping
a mop | washing the floor
a sponge | wiping things clean
soap | washing
shampoo | washing hair
a towel | drying yourself
a comb | tidying hair
a toothbrush | cleaning teeth
a thermometer | measuring temperature
a compass | finding north
a scale | weighing things
a clock | telling the time
a stopwatch | measuring short times
a telescope | looking at far things
a microscope | looking at tiny things
glasses | seeing clearly
an anchor | holding a ship in place
a sail | catching the wind
a paddle | moving a canoe
a parachute | falling slowly
a helmet | protecting the head
a seat belt | holding you in a car
a brake | stopping a wheel
a car horn | warning others
a bridge | crossing a river
a lighthouse | showing ships the way
a dam | holding back water
a fan | moving the air
a heater | making rooms warm
an umbrella | keeping rain off
a raincoat | keeping rain off you
a scarf | keeping the neck warm
a glove | keeping a hand warm
an eraser | rubbing out pencil
glue | sticking things together
a stamp | paying for a letter
an envelope | holding a letter
a calendar | knowing the date
a dictionary | looking up words
an atlas | looking up places
a whistle | making a loud sound
a piggy bank | saving coins
a mirror | seeing yourself
a fire extinguisher | putting out fires
a microphone | catching sound
a loudspeaker | making sound
a keyboard | typing
a printer | putting words on paper
"""

_BELONGS = """
the milk | in the fridge
the butter | in the fridge
ice cream | in the freezer
the books | on the shelf
the shoes | by the door
the car | in the garage
the plates | in the cupboard
the forks | in the drawer
the coat | on the hook
the shirts | in the wardrobe
the pillow | on the bed
the letters | in the letterbox
the flowers | in a vase
the rubbish | in the bin
the bread | in the bread box
the toothbrush | in the bathroom
the money | in the wallet
the knives | in the drawer
the frozen peas | in the freezer
the lawn mower | in the shed
"""

INTENTS: tuple[Intent, ...] = (
    Intent("define.food", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_FOOD), AND_WHAT_IS),
    Intent("define.house", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_HOUSE), AND_WHAT_IS),
    Intent(
        "is_for",
        expand("""
            what is {x} [for|good for|used for|there for]
            [what do you do with|what can you do with|what do people do with|what do i do with|why do people have] {x}
            [what do you use|what do we use|what do people use] {x} for
            [tell me what|do you know what] {x} is for
            [for what do you need|what is the use of|for what is] {x}
            """),
        table("x", "what", answer="it is for {what}", key="what", lines=_FOR),
        ("and {x}", "what about {x}", "how about {x}", "and what is {x} for"),
    ),
    Intent(
        "belongs",
        expand("""
            [where do i put|where should i put|where do you put|where would you put|where can i put|where do people keep] {x}
            [what is the right place for|where is the place for|tell me where to put|do you know where to put] {x}
            """),
        table("x", "where", answer="the right place is {where}", key="where", lines=_BELONGS), ABOUT_X,
    ),
)  # fmt: skip
