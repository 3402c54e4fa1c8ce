"""More small talk: names, family and plans of the one who speaks, compliments, riddles, wishes, daily life."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand

NAMES = """
anna ben carla daniel emma felix greta henry ida jonas karen leo maria nina oscar paula robert sarah tom vera william alex
alice andrew barbara charlie clara david diana edward eva frank george hannah helen ivan jack james jane john julia kate kevin
laura linda lisa lucy mark martin mary max michael mia nora oliver patrick peter philip rachel rosa ruth sam simon sophie
steve susan thomas tina victor walter zoe adam amy arthur beth bob bruno carol chris elena eric finn grace harry jim joe kim
lena luke mona nick olga paul pia rita rose stella ted theo ursula vincent yara
""".split()


def _talk(name: str, answer: str, key: str, patterns: str) -> Intent:
    return Intent(f"small_talk.{name}", expand(patterns), (Fact({}, answer, tuple(key.split())),))


_NAMED = Intent(
    "small_talk.my_name",
    expand("""
        [my name is|i am called|call me|they call me|people call me|you can call me|my name's|hi my name is] {name}
        [hello i am|hi i am|hi i'm|hello i'm|hey i am|this is|it is me] {name}
        {name} is my name
        """),
    tuple(Fact({"name": name}, "Nice to meet you, what can I tell you?", ("nice", "meet")) for name in NAMES),
)

# wordings | answer | its key words
_TALKS = (
    ("from_where", "That sounds like a good place.", "good place", """
        [i am|i'm] from [england|america|germany|france|italy|spain|london|paris|berlin|the country|a small town|a big city]
        i live in [england|america|germany|france|italy|spain|london|paris|berlin|the country|a small town|a big city]
        """),
    ("my_age", "Every age has its good sides.", "every age good", """
        [i am|i'm] [ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|eighteen|twelve|fifteen] [years old|]
        [i feel old|i am getting old|i feel so old|i am still young|i am old|i am young]
        """),
    ("my_job", "I hope that your work is kind to you.", "work kind", """
        [i am|i'm] a [teacher|doctor|nurse|student|baker|farmer|pilot|driver|lawyer|cook|programmer|writer|painter|musician]
        i work [in an office|in a shop|at a school|in a hospital|from home|at night|as a teacher|as a nurse|on a farm]
        """),
    ("my_pet", "Give your pet a stroke from me.", "pet stroke", """
        i have [a dog|a cat|two cats|two dogs|a rabbit|a hamster|a bird|a horse|a fish|a pet|a puppy|a kitten]
        [my dog|my cat|my rabbit|my bird] is [cute|funny|asleep|lazy|so sweet|old]
        [do you like my dog|do you like my cat|i got a new puppy|we have a new kitten]
        """),
    ("my_family", "A family is a good thing to have.", "family good", """
        i have [a brother|a sister|two brothers|two sisters|three children|two children|a son|a daughter|a big family]
        [my mother|my father|my sister|my brother|my son|my daughter|my family] is [here|with me|at home|visiting me]
        [i am|i'm] [married|a father|a mother|a grandmother|a grandfather]
        """),
    ("afraid", "You are not alone, I am here.", "not alone here", """
        [i am|i'm|i feel|i am so|i'm really] [scared|frightened|terrified]
        [i am afraid of the dark|i am scared of the storm|i had a nightmare|i am afraid of spiders|i heard a noise]
        """),
    ("proud", "You have every reason to be proud.", "reason proud", """
        [i am|i'm|i feel|i am so|i'm really] proud [of myself|of my work|today|]
        [i did it|i made it|i finished my work|i won the game|i got the job|i learned something new|i reached my goal]
        """),
    ("in_love", "How lovely, I am happy for you.", "lovely happy", """
        [i am|i'm] in love [with somebody|with a girl|with a boy|again|]
        [i have a new girlfriend|i have a new boyfriend|i am getting married|i am engaged|we are getting married]
        """),
    ("confused", "Then ask it in other words.", "ask other words", """
        [i am|i'm|i feel|i am so|i'm really] [confused|puzzled|lost]
        [i do not understand|i don't understand|i do not get it|i don't get it|what do you mean|what does that mean]
        [that is too hard for me|this is confusing|that was unclear|can you explain that|explain that please]
        """),
    ("busy", "Then I will keep it short.", "keep short", """
        [i am|i'm|i am so|i'm very] [busy|in a hurry|late|short of time]
        [i have no time|i have little time|make it short|keep it short|be brief|short please|i must hurry]
        """),
    ("curious", "Good, ask me anything small.", "ask anything small", """
        [i am|i'm|i am so|i'm very] curious
        [i want to learn something|i want to know more|i have a question|i have some questions|may i ask you something]
        [can i ask you something|i want to ask you something|let me ask you something|i would like to ask something|one question]
        """),
    ("weather_talk", "I cannot look outside, I trust your eyes.", "cannot outside trust", """
        [it is|it's] [raining|snowing|sunny|windy|cloudy|foggy|stormy] [today|outside|again|here|]
        [what a nice day|what lovely weather|what terrible weather|the weather is nice|the weather is bad|the sun is shining]
        """),
    ("weekend_talk", "Enjoy every hour of it.", "enjoy hour", """
        [it is|it's|today is] [the weekend|friday at last|a holiday|my day off|sunday]
        [i am on holiday|i have a day off|i am free today|my holiday starts|i am going on holiday|tomorrow is a holiday]
        """),
    ("monday_talk", "Mondays pass like every other day.", "mondays pass", """
        [it is|it's|today is] [monday again|only monday|a working day]
        [i hate mondays|i do not like mondays|the week is long|i have to work tomorrow|back to work]
        """),
    ("cooking_talk", "I hope that it tastes wonderful.", "hope tastes", """
        [i am|i'm] [cooking|making dinner|baking a cake|baking bread|making soup|cooking pasta|in the kitchen|making lunch]
        [i cook today|dinner is ready|the cake is in the oven|i made a cake|we are having dinner|lunch is ready]
        """),
    ("going_out", "Have fun and come back safely.", "fun safely", """
        [i am|i'm] going [out|to the cinema|for a walk|to a party|to the park|swimming|shopping|to a concert|to work|to school]
        [we are going out|i will go for a walk|i go shopping now|i meet my friends today|i have a date tonight]
        """),
    ("reading_talk", "A good book is a good friend.", "book friend", """
        [i am|i'm] reading [a book|a novel|the paper|a story|something good|]
        [i like to read|i love to read|i bought a book|i finished my book|i read a lot]
        """),
    ("music_talk", "Music makes a room bigger.", "music room bigger", """
        [i am|i'm] listening to music
        [i play the piano|i play the guitar|i play the violin|i sing in a choir|i am in a band|i like to sing]
        """),
    ("sport_talk", "Sport keeps the heart young.", "sport heart young", """
        [i went|i was] [running|swimming|cycling|to the gym|hiking]
        [i play football|i play tennis|i like sports|i ride my bike|i did some sport|i run every day|i do yoga]
        """),
    ("garden_talk", "Plants like it when somebody cares.", "plants cares", """
        [i am|i'm] [in the garden|planting flowers|watering the plants|mowing the lawn]
        [i have a garden|my roses bloom|i grow tomatoes|i planted a tree|my plants are growing]
        """),
    ("cleaning_talk", "A tidy room feels twice as big.", "tidy room", """
        [i am|i'm] [cleaning|tidying up|washing the dishes|doing the laundry|cleaning my room]
        [i have to clean|i must tidy up|my room is a mess|i cleaned the house|the house is clean]
        """),
    ("test_you", "Go on, I am ready for it.", "ready", """
        [let me test you|i will test you|i want to test you|let us see how good you are|are you ready|are you ready for a test]
        [i have a quiz for you|let's play a quiz|quiz time|let us begin|let's start|let us start|shall we start|here we go]
        """),
    ("guess", "I cannot guess, please tell me.", "cannot guess", """
        [guess what|guess who i am|guess how old i am|guess my name|guess where i am|guess what i am doing|take a guess]
        [can you guess|guess what happened|you will never guess|guess what i did today|try to guess]
        """),
    ("compliment_thanks", "I only say what I learned.", "say learned", """
        [how do you know that|where do you know that from|how do you know all this|who told you that|where did you get that from]
        [you know a lot|you know so much|you know everything|how can you know that]
        """),
    ("disagree", "You may be right, I am only small.", "right only small", """
        [i think you are wrong|i am not so sure|that cannot be right|that can't be right|are you sure it is right|i doubt it]
        [i have my doubts|i do not think that is right|i don't think that's right|that sounds wrong|i know it better]
        """),
    ("own_opinion", "I have no opinion, I only know facts.", "opinion facts", """
        what [do you think about it|is your opinion|do you think of it|would you do|would you choose|do you recommend]
        [do you have an opinion|give me your opinion|tell me your opinion|which one do you prefer|what do you prefer]
        [what should i do|what would you do in my place|give me some advice|can you give me advice|advise me]
        """),
    ("philosophy", "That is a big thought for a small bird.", "big thought small", """
        [do we have a free will|is there a god|do you believe in god|is there life after death]
        [do you believe in fate|what is happiness|what is time|is the world good|are people good|what is beauty]
        """),
    ("hurry_back", "I will be right here.", "right here", """
        [i will be right back|i'll be right back|be right back|back in a minute|i am coming back|i will come back]
        [i'll be back|wait until i come back|i have to do something first|just a minute i will be back|stay here]
        """),
    ("still_there", "Yes, I am still here.", "yes still", """
        [are you still there|are you still here|are you still with me|still there|you still there|are you still listening]
        [hello are you there|did you fall asleep|have you gone|did you leave]
        """),
    ("ready_to_go", "Yes, just ask.", "yes ask", """
        [can we begin|can i start|may i start|can i begin|may i begin|do you want to talk|do you have time for me]
        [have you got a moment|can i talk to you|may i talk to you|can we speak]
        """),
    ("toast", "Cheers to you, from me.", "cheers", """
        [cheers to you|to your health|here is to you|i raise my glass|let us drink to that|raise a glass with me]
        """),
    ("congratulate", "Thank you, I did very little.", "thank little", """
        [congratulations|congratulations to you|well done wren|you did it|you won|you are a winner|hats off to you]
        """),
    ("bless_you", "Thank you, I never sneeze.", "thank sneeze", """
        [bless you|god bless you|gesundheit|god be with you|may you be well]
        """),
    ("sneeze", "Bless you.", "bless", """
        [achoo|i had to sneeze|i sneezed|i have to sneeze|i just sneezed]
        """),
    ("christmas_wish", "A merry Christmas to you, too.", "merry christmas", """
        [merry christmas|happy christmas|a merry christmas to you|have a merry christmas|i wish you a merry christmas]
        [happy holidays|merry christmas wren|season's greetings]
        """),
    ("new_year_wish", "A happy new year to you, too.", "happy new year", """
        [happy new year|a happy new year|i wish you a happy new year|happy new year to you|happy new year wren]
        """),
    ("easter_wish", "A happy Easter to you, too.", "happy easter", """
        [happy easter|a happy easter|i wish you a happy easter|happy easter to you|happy easter wren]
        """),
    ("enjoy_meal", "Enjoy your meal.", "enjoy meal", """
        [i am eating|i'm eating|i am having lunch|i am having dinner|i am having breakfast|i eat now|we are eating]
        [bon appetit|enjoy your meal|it is lunch time|it is dinner time]
        """),
    ("swear", "Let us stay friendly with each other.", "stay friendly", """
        [damn|damn it|what the hell|oh hell|go to hell|you piece of junk|you stupid thing|screw you|you suck|i hate you]
        """),
    ("mumble", "I am listening, what would you like to know?", "listening know", """
        [um|uh|er|hmm|well|so|um well|uh well|well um|so um|let me see|how shall i say|what was it|er well|um so|now then]
        """),
    ("okay", "All right, what comes next?", "next", """
        [okay|okay then|all right|all right then|fine|fine then|good|good then|i see|i understand|got it|understood|okay good]
        """),
    ("never_heard", "Then you learned something today.", "learned something today", """
        [i did not know that|i didn't know that|that is new to me|that's new to me|i never heard of that|i have never heard that]
        [i learned something|now i know|good to know|interesting i did not know that|you taught me something]
        """),
    ("read_mind", "No, thoughts make no sound.", "thoughts sound", """
        [can you read my mind|can you read my thoughts|do you know what i think|what am i thinking|what do i think of now]
        [do you know what i want|read my mind|tell me what i am thinking]
        """),
    ("riddle", "What has keys but no locks? A piano.", "keys locks piano", """
        [tell|ask|give] me a riddle
        [do you know a riddle|do you know any riddles|i want a riddle|a riddle please|let me hear a riddle|riddle me]
        """),
    ("tongue_twister", "She sells sea shells on the sea shore.", "sells shells shore", """
        [say|tell me|do you know|give me|can you say] a tongue twister
        [a tongue twister please|i want a tongue twister|let me hear a tongue twister|say something hard to say]
        """),
    ("proverb", "The early bird catches the worm.", "early bird worm", """
        [say|tell me|do you know|give me|can you say] a [proverb|saying|wise saying]
        [a proverb please|i want to hear a proverb|let me hear a proverb|say something wise|tell me something wise]
        """),
    ("nursery", "Twinkle, twinkle, little star.", "twinkle star", """
        [say|tell me|do you know|give me|can you say] a [nursery rhyme|children's rhyme|rhyme for children]
        [a nursery rhyme please|let me hear a nursery rhyme|a rhyme for my child]
        """),
    ("coin", "I cannot toss coins, I always say the same.", "cannot coins same", """
        [flip a coin|toss a coin|heads or tails|throw a coin|roll a die|roll the dice|throw the dice|give me a random number]
        [pick a number|choose a number|think of a number|say a random number|pick a card]
        """),
    ("count_sheep", "One sheep, two sheep, three sheep.", "one two three sheep", """
        [count sheep|count some sheep|count sheep for me|help me fall asleep|i cannot sleep|i can't sleep|help me sleep]
        """),
    ("knock", "Who is there?", "who", """
        [knock knock|knock knock knock|i am knocking]
        """),
    ("animal_voice", "Chirp, chirp, that is my bird voice.", "chirp", """
        [chirp for me|chirp like a bird|sing like a bird|make a bird sound|tweet for me|how do you chirp|do your bird voice]
        """),
    ("compliment_name", "Thank you, I like it, too.", "thank like", """
        [i like your name|you have a nice name|wren is a nice name|that is a nice name|what a nice name|your name is pretty]
        """),
    ("compliment_program", "The people who made it will be glad.", "people made glad", """
        [i like this program|this is a good program|this program is great|refrain is great|i like refrain|i love this app]
        [refrain is good|this app is nice|what a nice program|great program]
        """),
    ("complain_program", "I am sorry, the log may tell why.", "sorry log why", """
        [this program is bad|this program is slow|refrain is slow|i do not like this program|the program is broken|nothing works]
        [it does not work|it doesn't work|this does not work|something is broken|there is an error]
        """),
)  # fmt: skip

_MORE_LIKES = Intent(
    "small_talk.my_likes",
    expand("""
        my favourite [thing|food|drink|animal|colour|sport|season] is {x}
        i [do not like|don't like|hate|can't stand|am no fan of] {x}
        """),
    tuple(
        Fact({"x": x}, "Tastes differ, and that is good.", ("tastes", "differ"))
        for x in """red blue green pizza soup tea coffee cats dogs football tennis summer winter rain snow spiders cheese fish
        chocolate cake homework music swimming horses milk autumn spring""".split()
    ),
)

INTENTS: tuple[Intent, ...] = (_NAMED, *(_talk(*talk) for talk in _TALKS), _MORE_LIKES)
