"""Colours of things, and what mixing two colours gives."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import rows, sentence

COLOURS = {
    "yellow": ("a banana, a lemon, the sun, butter, a sunflower, a chick, corn, honey, a canary, mustard, a dandelion, "
               "a school bus, a canary bird, a ripe pineapple, the yolk of an egg, a taxi in new york, a buttercup, a sponge, "
               "straw, cheese, a daffodil"),
    "red": ("a tomato, a strawberry, blood, a fire engine, a cherry, a raspberry, a stop sign, a ladybug, ketchup, a ruby, "
           "a poppy, a radish, a rose hip, a postbox in england, a robin's breast, a lobster after cooking, a beetroot, a brick"),
    "green": ("grass, a frog, a cucumber, a pea, spinach, broccoli, a cactus, a crocodile, a pickle, a clover, "
              "an emerald, lettuce, a lime, a leaf in summer, moss, an avocado, a grasshopper, a fern, a christmas tree, "
              "parsley, a kiwi inside, a traffic light for go"),
    "blue": ("the sky, the sea, the ocean, a blueberry, a sapphire, a blue whale, a cornflower, a pair of jeans, "
            "a kingfisher, a forget me not"),
    "white": ("snow, milk, a swan, salt, sugar, a polar bear, a ghost, a snowman, cotton, rice, flour, a cauliflower, "
              "a tooth, the moon, chalk, yogurt, a daisy's petals, a bathtub, an eggshell, an ice bear, cream, whipped cream, "
              "a seagull, a wedding dress, popcorn, garlic, toothpaste"),
    "black": ("coal, a raven, a crow, the night, a tire, tar, a panther, soot, a blackberry, a blackbird, licorice, "
             "a shadow, an eight ball, a top hat"),
    "brown": ("chocolate, a coconut, coffee, wood, mud, a monkey, a potato, a walnut, cinnamon, a beaver, a chestnut, "
             "a sparrow, toast, a wren, bark, a teddy bear, cocoa, rust"),
    "orange": "a carrot, a pumpkin, an orange, a goldfish, an apricot, a tangerine, a basketball, a clownfish",
    "grey": "an elephant, a donkey, a dolphin, a rhino, a rain cloud, cement, a mouse, ash, concrete, a wolf, a seal, a stone",
    "pink": "a pig, a flamingo, cotton candy, a piglet, salmon meat, a tongue, bubble gum",
    "purple": "an eggplant, lavender, a plum, a violet, an amethyst, a crocus, red cabbage",
}

MIXES = rows("""
red | yellow | orange
yellow | blue | green
red | blue | purple
red | white | pink
black | white | grey
red | green | brown
blue | white | light blue
black | red | dark red
green | white | light green
black | blue | dark blue
black | green | dark green
blue | orange | brown
yellow | white | light yellow
""")


INTENTS: tuple[Intent, ...] = (
    Intent(
        "colour",
        ("what colour is {thing}", "what color is {thing}", "which colour is {thing}", "which color is {thing}",
         "what colour does {thing} have", "which colour does {thing} have", "what is the colour of {thing}",
         "what is the color of {thing}", "what's the colour of {thing}", "the colour of {thing}", "color of {thing}",
         "tell me the colour of {thing}", "tell me what colour {thing} is", "do you know what colour {thing} is",
         "do you know the colour of {thing}", "what colour would you paint {thing}", "what colour do i need to paint {thing}",
         "{thing} is what colour", "{thing} is which colour", "{thing} has which colour", "name the colour of {thing}",
         "say the colour of {thing}", "give me the colour of {thing}", "i want to know what colour {thing} is",
         "what color does {thing} have", "what colour would {thing} be", "what colour should i draw {thing}",
         "which colour pencil do i need for {thing}", "what colour is {thing} usually", "what colour is {thing} normally"),
        tuple(Fact({"thing": thing}, f"The colour is {colour}.", (colour,))
              for colour, things in COLOURS.items() for thing in things.split(", ")),
        ("and {thing}", "what about {thing}", "how about {thing}", "and what colour is {thing}", "and the colour of {thing}",
         "and of {thing}", "and for {thing}"),
    ),
    Intent(
        "mixing",
        ("what do {a} and {b} make", "what colour do {a} and {b} make", "what color do {a} and {b} make",
         "what do you get when you mix {a} and {b}", "what colour do you get when you mix {a} and {b}", "mix {a} and {b}",
         "what happens when you mix {a} and {b}", "mix {a} with {b}", "what do i get if i mix {a} and {b}",
         "if i mix {a} and {b} what do i get", "if i mix {a} with {b} what colour do i get", "which colour do {a} and {b} make",
         "what colour is {a} mixed with {b}", "what is {a} mixed with {b}", "{a} mixed with {b}", "{a} and {b} make what",
         "{a} and {b} make which colour", "tell me what {a} and {b} make", "do you know what {a} and {b} make",
         "what colour comes from {a} and {b}", "what do you get from {a} paint and {b} paint",
         "i mix {a} paint and {b} paint what colour is it", "when i put {a} and {b} together which colour is it",
         "what colour is a mix of {a} and {b}", "a mix of {a} and {b}"),
        tuple(Fact({"a": x, "b": y}, sentence(f"{a} and {b} make {mix}"), tuple(mix.split()))
              for a, b, mix in MIXES for x, y in ((a, b), (b, a))),
        ("and {a} and {b}", "what about {a} and {b}", "how about {a} and {b}", "and {a} with {b}", "now mix {a} and {b}",
         "and a mix of {a} and {b}"),
    ),
)
