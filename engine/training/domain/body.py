"""The body: what its parts do, words for it, and what everybody knows about staying well."""

from __future__ import annotations

from .asking import AND_WHAT_IS, WHAT_IS
from .intent import Intent
from .patterns import expand
from .tables import ABOUT_X, lone, table, things

_PARTS = """
the brain | thinks and steers the body
the liver | cleans the blood
a kidney | makes water from the blood
a lung | takes oxygen from the air
the skin | protects the body
the spine | holds the body upright
the skull | protects the brain
a rib | protects the heart and lungs
a muscle | moves the body
a tendon | ties a muscle to a bone
a joint | lets two bones move
a nerve | carries signals
a vein | carries blood to the heart
an artery | carries blood away from the heart
the tongue | tastes and helps us speak
the nose | smells and warms the air
the ear | hears and keeps balance
the retina | catches the light in the eye
the pupil | lets light into the eye
the eyelid | protects the eye
the ear drum | shakes when sound arrives
the throat | leads to lungs and stomach
the bladder | stores water
the diaphragm | helps us breathe
a tooth | bites and chews
saliva | softens the food
sweat | cools the body
blood | carries oxygen and food
a red blood cell | carries oxygen
a white blood cell | fights germs
the immune system | fights germs
the small intestine | takes food into the blood
bone marrow | makes new blood
a vocal cord | makes the voice
hair | keeps the head warm
a fingernail | protects the finger tip
an eyebrow | keeps sweat from the eye
the knee | bends the leg
the elbow | bends the arm
the heel | carries us when we step
"""

_WORDS = """
a germ | a tiny thing that makes us ill
a virus | a tiny germ that needs a living cell
a bacterium | a tiny living cell
a cell | the smallest part of a living body
a gene | a plan for one trait
a vitamin | a matter that we need in small amounts
protein | a matter that builds muscles
fat | a matter that stores energy
fibre | the part of plants we cannot digest
a calorie | a measure of energy in food
a fever | a body that is too warm
a cough | a burst of air from the lungs
a sneeze | a burst of air from the nose
a hiccup | a jump of the diaphragm
a yawn | a deep breath when we are tired
a bruise | a blue spot after a knock
a scar | a mark that a wound leaves
a blister | a bubble on the skin
a bandage | a cloth around a wound
a vaccine | a lesson for the immune system
an allergy | when the body fights harmless things
an x ray | a picture of the bones
a pulse | the beat of the heart in the arm
a skeleton | all the bones together
digestion | how the body uses food
a nightmare | a bad dream
a dream | a story that we see asleep
sleep | the rest of body and mind
a wheelchair | a chair with wheels for people
a crutch | a stick that helps with walking
a hospital | a house where sick people get well
a pharmacy | a shop for medicine
a stethoscope | a tool for hearing the heart
a plaster | a sticky strip for small wounds
"""

_WHERE = """
the heart | in the chest
the brain | in the head
the lungs | in the chest
the stomach | in the belly
the liver | in the belly on the right
the kidneys | in the lower back
the knee | in the middle of the leg
the elbow | in the middle of the arm
the ankle | between leg and foot
the wrist | between arm and hand
the shoulder | between neck and arm
the heel | at the back of the foot
the tongue | in the mouth
the thigh | above the knee
the shin | below the knee in front
the forehead | above the eyes
the chin | below the mouth
the palm of the hand | on the inside of the hand
the skull | around the brain
the eardrum | inside the ear
"""

_HOW_MANY = """
eyes | two
ears | two
ribs | twenty four
milk teeth | twenty
thumbs | two
kidneys | two
legs | two
elbows | two
toes | ten
hands | two
knees | two
"""

INTENTS: tuple[Intent, ...] = (
    Intent(
        "body_does",
        expand("""
            what does {x} do
            what [is {x} for|is {x} good for|is the job of {x}|do we need {x} for|do we have {x} for|is the use of {x}]
            [why do we have|tell me about|tell me what the job is of|explain] {x}
            [what work does {x} do|how does {x} help us|what is {x}|what's {x}]
            """),
        table("x", "what", answer="{x} {what}", key="what", lines=_PARTS), ABOUT_X,
    ),
    Intent("define.body", WHAT_IS, things("x", "what", answer="{x} is {what}", key="what", lines=_WORDS), AND_WHAT_IS),
    Intent(
        "body_where",
        expand("""
            where [is|do i find|do we have|in the body is|exactly is] {x}
            [tell me where|do you know where|i want to know where] {x} is
            [in which part of the body is|in what part of the body is] {x}
            """),
        table("x", "where", answer="that is {where}", key="where", lines=_WHERE), ABOUT_X,
    ),
    Intent(
        "body_count",
        expand("""
            how many {x} [do we have|does a person have|do people have|has a person|does a human have|do i have|does a child have]
            [tell me how many {x} we have|do you know how many {x} we have|the number of {x} of a person|how many {x} are normal]
            """),
        table("x", "n", answer="a person has {n} {x}", key="n", lines=_HOW_MANY),
        ("and {x}", "and how many {x}", "what about {x}"),
    ),
    lone("teeth_often", "Brush your teeth twice a day.", "twice",
         "how often should i brush my teeth", "how often do i brush my teeth", "how many times a day do you brush your teeth",
         "when should i brush my teeth", "how often should teeth be brushed", "how often do people brush their teeth",
         "tell me how often to brush my teeth", "do you know how often i should brush my teeth"),
    lone("wash_hands", "Wash them before you eat.", "before eat",
         "when should i wash my hands", "when do i wash my hands", "when do you wash your hands", "when should we wash our hands",
         "when must i wash my hands", "tell me when to wash my hands", "do you know when to wash hands"),
    lone("cut_finger", "Clean it and put a plaster on.", "clean plaster",
         "i cut my finger", "i have cut myself", "my finger is bleeding", "what do i do with a small cut", "i cut my hand a bit",
         "what goes on a small wound", "what do you put on a small cut", "my knee is bleeding a little"),
    lone("left_right_brain", "The left half steers the right side.", "left right",
         "which half of the brain steers the right side", "which side of the brain moves the right hand",
         "what does the left half of the brain steer", "which half of the brain moves the right arm",
         "what does the left side of the brain do", "tell me what the left half of the brain steers"),
    lone("why_sleep", "Sleep lets the body and mind recover.", "body mind recover",
         "why do we sleep", "why do we need sleep", "why must people sleep", "what is sleep good for", "why do people sleep",
         "what does sleep do for us", "why is sleep important", "tell me why we sleep", "do you know why we sleep"),
    lone("why_eat", "Food gives us energy.", "energy",
         "why do we eat", "why must we eat", "why do people eat", "what does food give us", "why do we need food",
         "what is food good for", "tell me why we eat", "do you know why we eat"),
    lone("why_sweat", "Sweating cools the skin.", "cools",
         "why do we sweat", "why do i sweat", "why do people sweat", "what is sweating good for", "tell me why we sweat",
         "do you know why we sweat", "what does sweating do"),
    lone("why_shiver", "Shivering makes us warm.", "warm",
         "why do we shiver", "why do i shiver", "why do people shiver", "what is shivering good for", "tell me why we shiver",
         "do you know why we shiver", "what does shivering do"),
    lone("why_blink", "Blinking keeps the eyes wet.", "wet",
         "why do we blink", "why do i blink", "why do people blink", "what is blinking good for", "tell me why we blink",
         "do you know why we blink", "what does blinking do"),
    lone("blood_red", "Iron makes our blood red.", "iron",
         "why is blood red", "what makes blood red", "how come blood is red", "tell me why blood is red",
         "do you know why blood is red", "where does blood get its colour", "what gives blood its colour"),
    lone("vitamin_c", "Oranges and peppers have vitamin c.", "oranges peppers",
         "where is vitamin c in", "which food has vitamin c", "what has vitamin c", "where do i find vitamin c",
         "what should i eat for vitamin c", "which fruit has vitamin c", "tell me what has vitamin c"),
    lone("calcium", "Milk and cheese have calcium.", "milk cheese",
         "which food has calcium", "what has calcium", "where do i find calcium", "where is calcium in",
         "what should i eat for calcium", "tell me what has calcium", "what food is good for the bones"),
    lone("healthy", "Move, sleep well and eat fruit.", "move sleep fruit",
         "how do i stay healthy", "how can i stay healthy", "what keeps me healthy", "what is healthy",
         "how do people stay healthy", "what should i do to stay healthy", "tell me how to stay healthy"),
)  # fmt: skip
