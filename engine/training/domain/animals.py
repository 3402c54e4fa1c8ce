"""Animals: sound, legs, young, home, food and group. To add one, add a line to the table (empty cell: not asked)."""

from __future__ import annotations

from .intent import Fact, Intent
from .phrases import rows, sentence, with_article

# animal | plural | sound (it says...) | legs | young | home (it lives...) | food (they eat...) | group
ANIMALS = rows("""
cat | cats | meow | four | kitten | in a house | mice and fish | mammal
dog | dogs | woof | four | puppy | in a kennel | meat and bones | mammal
cow | cows | moo | four | calf | on a farm | grass | mammal
horse | horses | neigh | four | foal | in a stable | hay and oats | mammal
pig | pigs | oink | four | piglet | in a sty | almost anything | mammal
sheep | | baa | four | lamb | in a meadow | grass | mammal
goat | goats | | four | kid | in the mountains | leaves and grass | mammal
donkey | donkeys | hee haw | four | foal | on a farm | hay | mammal
hen | hens | cluck | two | chick | in a coop | seeds and worms | bird
rooster | roosters | cock a doodle doo | two | | in a coop | seeds | bird
duck | ducks | quack | two | duckling | on a pond | water plants | bird
goose | geese | honk | two | gosling | on a lake | grass | bird
turkey | turkeys | gobble | two | | on a farm | seeds | bird
owl | owls | hoot | two | owlet | in a hollow tree | mice | bird
crow | crows | caw | two | | in a tree | almost anything | bird
pigeon | pigeons | coo | two | squab | in the city | seeds and bread | bird
eagle | eagles | | two | eaglet | in the mountains | fish and rabbits | bird
swan | swans | | two | cygnet | on a lake | water plants | bird
penguin | penguins | | two | chick | in Antarctica | fish | bird
parrot | parrots | | two | | in the jungle | seeds and fruit | bird
mouse | mice | squeak | four | pup | in a hole | seeds and cheese | mammal
rabbit | rabbits | | four | kit | in a burrow | carrots and grass | mammal
squirrel | squirrels | | four | | in a tree | nuts | mammal
hedgehog | hedgehogs | | four | | in the garden | insects and worms | mammal
fox | foxes | | four | cub | in a den | mice and rabbits | mammal
wolf | wolves | howl | four | pup | in the forest | meat | mammal
bear | bears | growl | four | cub | in a cave | fish and honey | mammal
lion | lions | roar | four | cub | in the savanna | meat | mammal
tiger | tigers | | four | cub | in the jungle | meat | mammal
elephant | elephants | | four | calf | in Africa and Asia | leaves and grass | mammal
giraffe | giraffes | | four | calf | in Africa | leaves | mammal
zebra | zebras | | four | foal | in Africa | grass | mammal
monkey | monkeys | | | | in the jungle | fruit and nuts | mammal
camel | camels | | four | calf | in the desert | dry plants | mammal
deer | | | four | fawn | in the forest | grass and leaves | mammal
kangaroo | kangaroos | | | joey | in Australia | grass | mammal
koala | koalas | | four | joey | in Australia | eucalyptus leaves | mammal
panda | pandas | | four | cub | in China | bamboo | mammal
polar bear | polar bears | | four | cub | in the Arctic | seals | mammal
bat | bats | | | pup | in a cave | insects | mammal
whale | whales | | no | calf | in the ocean | plankton and fish | mammal
dolphin | dolphins | click | no | calf | in the ocean | fish | mammal
seal | seals | | no | pup | on the coast | fish | mammal
shark | sharks | | no | pup | in the ocean | fish | fish
goldfish | | | no | | in a bowl | fish food | fish
salmon | | | no | | in rivers and seas | small fish | fish
frog | frogs | ribbit | four | tadpole | in a pond | flies | amphibian
snake | snakes | hiss | no | | in the grass | mice and eggs | reptile
lizard | lizards | | four | | among the rocks | insects | reptile
crocodile | crocodiles | | four | hatchling | in the river | meat and fish | reptile
turtle | turtles | | four | hatchling | in the water | plants | reptile
bee | bees | buzz | six | larva | in a hive | nectar | insect
ant | ants | | six | larva | in an anthill | leaves and sugar | insect
butterfly | butterflies | | six | caterpillar | in the garden | nectar | insect
fly | flies | | six | maggot | almost everywhere | almost anything | insect
ladybug | ladybugs | | six | | in the garden | tiny insects | insect
spider | spiders | | eight | spiderling | in a web | flies | arachnid
crab | crabs | | ten | | on the beach | small sea animals | crustacean
sparrow | sparrows | chirp | two | | in the garden | seeds | bird
blackbird | blackbirds | | two | | in the garden | worms and berries | bird
woodpecker | woodpeckers | knock knock | two | | in the forest | insects under bark | bird
stork | storks | clatter | two | | on a chimney | frogs | bird
seagull | seagulls | screech | two | | by the sea | fish and bread | bird
peacock | peacocks | | two | | in the park | seeds and insects | bird
ostrich | ostriches | | two | | on the plains of Africa | grass and seeds | bird
flamingo | flamingos | | two | | in a salty lake | tiny shrimps | bird
hummingbird | hummingbirds | hum | two | | in America | sweet nectar | bird
cuckoo | cuckoos | cuckoo | two | | in the woods | caterpillars | bird
raven | ravens | croak | two | | in the mountains | almost anything | bird
vulture | vultures | | two | | in dry lands | dead animals | bird
rat | rats | | four | | in the sewer | grain and rubbish | mammal
hamster | hamsters | | four | | in a cage | grain and nuts | mammal
guinea pig | guinea pigs | | four | | in a pen | hay and vegetables | mammal
badger | badgers | | four | cub | in a sett | worms and roots | mammal
beaver | beavers | | four | kit | in a lodge | bark and twigs | mammal
otter | otters | | four | pup | on a river | fish and crabs | mammal
mole | moles | | four | pup | under the lawn | worms | mammal
leopard | leopards | | four | cub | in Africa and Asia | antelopes | mammal
cheetah | cheetahs | | four | cub | on the plains | gazelles | mammal
hippo | hippos | | four | calf | in rivers of Africa | grass at night | mammal
rhino | rhinos | | four | calf | on the plains | grass and twigs | mammal
gorilla | gorillas | | | infant | in the jungle | leaves and shoots | mammal
llama | llamas | | four | cria | in the Andes | mountain grass | mammal
moose | | | four | calf | in northern forests | twigs and water plants | mammal
reindeer | | | four | calf | in the north | moss and lichen | mammal
sloth | sloths | | four | | in the treetops | leaves | mammal
hyena | hyenas | ha ha | four | cub | in the savanna | carrion | mammal
walrus | walruses | | no | calf | on the ice | clams | mammal
octopus | | | | | in the sea | crabs and clams | mollusc
snail | snails | | no | | in the garden | lettuce | mollusc
worm | worms | | no | | in the soil | dead leaves |
jellyfish | | | no | | in the sea | plankton |
lobster | lobsters | | ten | | on the sea floor | small sea animals | crustacean
scorpion | scorpions | | eight | | in the desert | insects | arachnid
mosquito | mosquitoes | buzz | six | larva | near water | nectar and blood | insect
grasshopper | grasshoppers | chirp | six | nymph | in the meadow | grass | insect
cricket | crickets | chirp | six | nymph | in the grass | plants | insect
beetle | beetles | | six | grub | under leaves | leaves and wood | insect
moth | moths | | six | caterpillar | near lamps at night | nectar | insect
wasp | wasps | buzz | six | larva | in a paper nest | insects and sugar | insect
toad | toads | croak | four | tadpole | in damp places | insects and worms | amphibian
tortoise | tortoises | | four | hatchling | on dry land | grass and leaves | reptile
alligator | alligators | | four | hatchling | in swamps | fish and turtles | reptile
chameleon | chameleons | | four | | in the trees | insects | reptile
trout | | | no | fry | in clear streams | insects and small fish | fish
herring | | | no | | in the open sea | plankton | fish
eel | eels | | no | elver | in rivers and seas | worms and small fish | fish
tuna | | | no | | in warm seas | smaller fish | fish
""")


_FILLERS = {"a", "an", "the", "in", "on", "and"}


def _facts(column: int, answer: str) -> tuple[Fact, ...]:
    """A fact for each animal with that column filled; the answer's slots are an, x (the cell) and ax (with article)."""
    facts = []
    for row in ANIMALS:
        animal, plural, cell = row[0], row[1], row[column]
        if cell:
            slots = {"animal": animal, "an": with_article(animal)} | ({"animals": plural} if plural else {})
            text = answer.format(an=slots["an"], x=cell, ax=with_article(cell))
            facts.append(Fact(slots, sentence(text), tuple(word for word in cell.lower().split() if word not in _FILLERS)))
    return tuple(facts)


_FOLLOW_UPS = ("and {an}", "what about {an}", "how about {an}", "and the {animal}", "what about the {animal}",
               "what about {animals}", "and {animals}", "how about {animals}")

INTENTS: tuple[Intent, ...] = (
    Intent(
        "animal_sound",
        ("what sound does {an} make", "what does {an} say", "what noise does {an} make", "which sound does {an} make",
         "which noise does {an} make", "what sound does the {animal} make", "what does the {animal} say",
         "what noise does the {animal} make", "what sound do {animals} make", "what do {animals} say",
         "what noise do {animals} make", "how does {an} go", "how does the {animal} go", "what is the sound of {an}",
         "the sound of {an}", "make the sound of {an}", "make {an} sound", "tell me what sound {an} makes",
         "tell me what {an} says", "do you know what sound {an} makes", "do you know what {an} says", "how does {an} sound",
         "what do you hear from {an}", "what does {an} sound like", "talk like {an}", "imitate {an}"),
        _facts(2, "{an} says {x}"), _FOLLOW_UPS,
    ),
    Intent(
        "animal_legs",
        ("how many legs does {an} have", "how many legs has {an}", "how many legs do {animals} have",
         "how many legs does the {animal} have", "{an} has how many legs", "legs of {an}", "the number of legs of {an}",
         "tell me how many legs {an} has", "tell me how many legs {animals} have", "do you know how many legs {an} has",
         "do you know how many legs {animals} have", "what is the number of legs of {an}", "count the legs of {an}",
         "how many legs are there on {an}", "how many legs on {an}", "on how many legs does {an} walk",
         "does {an} have legs and how many", "i want to know how many legs {an} has", "how many legs can you count on {an}",
         "say how many legs {an} has", "{animals} have how many legs"),
        _facts(3, "it has {x} legs"), _FOLLOW_UPS,
    ),
    Intent(
        "animal_young",
        ("what is a baby {animal} called", "what do you call a baby {animal}", "what is the baby of {an} called",
         "what is a young {animal} called", "what do you call a young {animal}", "what do we call a baby {animal}",
         "a baby {animal} is called what", "the name of a baby {animal}", "what is the name of a baby {animal}",
         "tell me what a baby {animal} is called", "do you know what a baby {animal} is called",
         "how do you call a baby {animal}", "what is the young of {an} called", "what are baby {animals} called",
         "what is a baby {animal}", "what do you call the baby of {an}", "what do you call the young of {an}",
         "which word means a baby {animal}", "what is the word for a baby {animal}", "the word for a baby {animal}",
         "what is a little {animal} called", "do you know the name of a baby {animal}"),
        _facts(4, "it is called {ax}"),
        ("and a baby {animal}", "what about a baby {animal}", "how about a baby {animal}", "and a young {animal}",
         "and for {an}", "what about the {animal}", "and of {an}"),
    ),
    Intent(
        "animal_home",
        ("where does {an} live", "where do {animals} live", "where does the {animal} live", "where is the home of {an}",
         "the home of {an}", "what is the home of {an}", "in what place does {an} live", "in which place do {animals} live",
         "tell me where {an} lives", "tell me where {animals} live", "do you know where {an} lives",
         "do you know where {animals} live", "where can i find {an}", "where can i see {an}", "where do you find {an}",
         "where do you find {animals}", "where would {an} be at home", "where does {an} make its home",
         "where are {animals} at home", "where is {an} at home", "where should i look for {an}", "{an} lives where",
         "where can you meet {an}", "what place is home to {an}"),
        _facts(5, "it lives {x}"), _FOLLOW_UPS,
    ),
    Intent(
        "animal_food",
        ("what does {an} eat", "what do {animals} eat", "what does the {animal} eat", "what is the food of {an}",
         "the food of {an}", "tell me what {an} eats", "tell me what {animals} eat", "do you know what {an} eats",
         "do you know what {animals} eat", "what do you feed {an}", "what should i feed {an}", "what do i give {an} to eat",
         "what does {an} like to eat", "what do {animals} like to eat", "what do {animals} feed on", "what does {an} feed on",
         "what food does {an} eat", "what kind of food do {animals} eat", "which food does {an} like", "{an} eats what",
         "what is for dinner for {an}", "what does {an} have for dinner", "what do {animals} live on",
         "what is on the menu of {an}"),
        _facts(6, "it likes to eat {x}"), _FOLLOW_UPS,
    ),
    Intent(
        "animal_group",
        ("what kind of animal is {an}", "what type of animal is {an}", "what sort of animal is {an}",
         "which group of animals does {an} belong to", "what group does {an} belong to", "which animal group is {an} in",
         "to which animal group does {an} belong", "what kind of animal is the {animal}",
         "what kind of animals are {animals}", "is {an} a mammal a bird or something else", "what animal class is {an} in",
         "which class of animals does {an} belong to", "tell me what kind of animal {an} is",
         "do you know what kind of animal {an} is", "the animal group of {an}", "what is the animal group of {an}",
         "how do you classify {an}", "what family of animals is {an} from", "which kind of animal is {an}",
         "tell me the animal group of {an}", "what kind of creature is {an}"),
        _facts(7, "it is {ax}"), _FOLLOW_UPS,
    ),
)
