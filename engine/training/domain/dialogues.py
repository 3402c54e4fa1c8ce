"""Turns that lean on the reply before them: "another one", "and you", "why". Several in a row make a conversation.

To add one, say after which replies it may come, how it is worded, and what is answered. The reply before may itself be one
of these, which makes three turns.
"""

from __future__ import annotations

from dataclasses import dataclass

from .patterns import expand

LAST = "That was the last one that I know."
JOKES = (
    "The clock was hungry, it went back four seconds.",
    "The cat sat on my mouse, and it was gone.",
    "Why do birds fly south? It is too far to walk.",
    "My computer caught a cold, a window was open.",
    "My dog is a watch dog, he loves the clock.",
    "Fish are clever, they live in schools.",
    "The robot was tired, it had a hard drive.",
)
NEW_JOKES = (
    "The bicycle fell over, it was two tired.",
    "The math book is sad, it has many problems.",
)
RIDDLES = (
    "What has keys but no locks? A piano.",
    "What gets wet while it dries? A towel.",
    "What has hands but cannot clap? A clock.",
)
PROVERBS = (
    "The early bird catches the worm.",
    "Many hands make light work.",
    "Still waters run deep.",
)
TWISTERS = (
    "She sells sea shells on the sea shore.",
    "Red lorry, yellow lorry.",
    "Fresh fried fish, fish fresh fried.",
)
FACTS = (
    "Sound travels faster in water than in air.",
    "An octopus has three hearts.",
    "Honey almost never goes bad.",
)


@dataclass(frozen=True)
class FollowUpStep:
    """One turn after any of the replies `after`."""

    after: tuple[str, ...]
    wordings: tuple[str, ...]
    answer: str
    key: tuple[str, ...]


_ANOTHER = expand("""
    [another one|one more|and another one|another|one more please|another one please|tell me another|tell me another one]
    [do you know another one|do you have another one|give me another one|next one please|let me hear another one]
    [more of those|more please|can i have another one|can you tell me another one|i want another one|say another one|some more]
    """)


def _row(replies: tuple[str, ...], more: tuple[str, ...] = ()) -> tuple[FollowUpStep, ...]:
    """After each of `replies` and `more` the next one, then no more. Of `more` none is answered otherwise."""
    whole = (*replies, *more, LAST)
    return tuple(FollowUpStep((before,), _ANOTHER, after, _key(after)) for before, after in zip(whole, whole[1:]))


def _key(answer: str) -> tuple[str, ...]:
    words = "".join(c for c in answer.lower() if c.isalpha() or c in " '").split()
    return tuple(word for word in words if len(word) > 3) or tuple(words)


STEPS: tuple[FollowUpStep, ...] = (
    *_row(JOKES, NEW_JOKES),
    *_row(RIDDLES),
    *_row(PROVERBS),
    *_row(TWISTERS),
    *_row(FACTS),
    FollowUpStep(
        ("I am fine, thank you for asking.",),
        expand("""
            [i am|i'm] [fine|good|well|okay|great] [too|as well]
            [me too|i am also fine|same here|so am i|that is good|that's good|glad to hear it|i am glad|good to hear]
            [good to know that you are fine|i am happy to hear that|nice to hear that|and i am fine too]
            """),
        "I am glad that you are well.", ("glad", "well"),
    ),
    FollowUpStep(
        ("I am fine, thank you for asking.",),
        expand("""
            [i am|i'm] [not so well|not so good|not fine|not good|tired|sad|ill|a bit sad|so so|not great]
            [not me|i feel bad|worse than you|but i am not|i had a bad night]
            """),
        "I am sorry, I hope it gets better.", ("sorry", "better"),
    ),
    FollowUpStep(
        ("I am glad that you are well.", "Thank you, that is kind of you."),
        expand("[thank you|thanks|that is nice|that's nice|thank you wren|how kind|you are kind|you too|the same to you]"),
        "You are welcome.", ("welcome",),
    ),
    FollowUpStep(
        ("I am glad that you are well.",),
        expand("[and you|and how are you|how about you|what about you|and yourself|are you well too|and are you fine]"),
        "I am fine, thank you for asking.", ("fine", "asking"),
    ),
    FollowUpStep(
        ("Nice to meet you, what can I tell you?",),
        expand("""
            [and what is your name|and who are you|and you|what is yours|and yours|and what are you called|what about you]
            [how about you|and your name|so who are you|and what do i call you]
            """),
        "My name is Wren.", ("name", "wren"),
    ),
    FollowUpStep(
        ("My name is Wren.",),
        expand("""
            [nice name|that is nice|what a name|a nice name|pretty name|i like that|i like it|that is a good name|how nice]
            [what a lovely name|that sounds nice]
            """),
        "Thank you, I like it, too.", ("thank", "like"),
    ),
    FollowUpStep(
        ("My name is Wren.",),
        expand("[why|and why|why that|why so|why is that|how come|what for|where is it from|like the bird|as the bird]"),
        "A wren is tiny and has a loud voice.", ("tiny", "loud"),
    ),
    FollowUpStep(
        ("Nice to meet you, what can I tell you?", "I answer short questions out loud.", "Good, ask me anything small.",
         "Yes, just ask.", "I am listening, what would you like to know?", "All right, what comes next?"),
        expand("""
            [anything|something|whatever you like|i do not know|i don't know|no idea|you choose|surprise me|you decide|just talk]
            [what do you suggest|give me an idea|what is there|what would be good]
            """),
        "Ask me about words, numbers, places and things.", ("words", "numbers", "places", "things"),
    ),
    FollowUpStep(
        ("I am sorry, I am here for you.", "I am sorry, I hope it gets better.", "You can talk to me at any time.",
         "You are not alone, I am here.", "Take a slow breath, it helps.", "I hope that you feel better soon."),
        expand("""
            [thank you|thanks|that helps|you are kind|that is kind|thank you so much|that is nice of you|you are sweet]
            [that is good to hear|i feel better now|it helps a bit|thanks for that]
            """),
        "I am happy when I can help.", ("happy", "help"),
    ),
    FollowUpStep(
        ("I am sorry, I am here for you.", "Then take a good rest.", "Take a slow breath, it helps."),
        expand("[what can i do|what should i do then|what helps|and what helps|what else|any idea|what else can i do]"),
        "A walk or a talk often helps.", ("walk", "talk", "helps"),
    ),
    FollowUpStep(
        ("Goodbye, talk to you soon.", "Good night, sleep well."),
        expand("[you too|the same to you|and you|thank you|thanks|sleep well too|see you|bye|bye then|good night to you too]"),
        "Thank you, until next time.", ("until", "next", "time"),
    ),
    FollowUpStep(
        ("No problem, it is quite all right.",),
        expand("[thank you|thanks|you are kind|that is kind|really|are you sure|thanks for that|good|i am glad]"),
        "We all make mistakes.", ("all", "make", "mistakes"),
    ),
    FollowUpStep(
        ("I am sorry, I will try harder.", "You may be right, I am only small."),
        expand("""
            [it is okay|that is okay|it's okay|no problem|never mind|forget it|that is all right|it is all right|do not worry]
            [don't worry|i forgive you|it happens|no harm done]
            """),
        "Thank you, you are patient with me.", ("thank", "patient"),
    ),
    FollowUpStep(
        ("Who is there?",),
        expand("[a bird|the wind|a friend|me|it is me|the postman|boo|cow|lettuce|nobody|a robot|your neighbour]"),
        "Come in, the door is open.", ("come", "door", "open"),
    ),
    FollowUpStep(
        (*JOKES, *NEW_JOKES),
        expand("""
            [ha ha|that is funny|that's funny|very funny|good one|that was good|nice one|i like it|great joke|that was a good one]
            [i like that one|ha ha ha|how funny|that made me laugh]
            """),
        "Ha ha, I like it when you laugh.", ("laugh",),
    ),
    FollowUpStep(
        (*JOKES, *NEW_JOKES),
        expand("""
            [i do not get it|i don't get it|that is not funny|that's not funny|not funny|that was bad|a bad joke|i know that one]
            [that is an old one|boring|i heard that one|what is funny about that|that was not funny|explain the joke]
            """),
        "I am sorry, my jokes are small, too.", ("sorry", "jokes", "small"),
    ),
    FollowUpStep(
        RIDDLES,
        expand("[that was easy|i knew that|clever|nice riddle|good riddle|that is clever|too easy]"),
        "You are good at riddles.", ("good", "riddles"),
    ),
    FollowUpStep(
        FACTS,
        expand("[really|is that true|i did not know that|wow|that is interesting|how interesting|amazing|that is new to me|oh]"),
        "Yes, nature is full of surprises.", ("nature", "surprises"),
    ),
    FollowUpStep(
        ("I am a small model, I do not know that.",),
        expand("""
            [why not|why don't you know that|too bad|what a pity|that is a pity|never mind|that is okay|no problem|why]
            [how come|that is sad|what do you know then|what then|what can i ask then|and what do you know]
            """),
        "I only know what I was taught.", ("only", "taught"),
    ),
    FollowUpStep(
        ("I cannot work that out.",),
        expand("[why not|too bad|what a pity|that is a pity|never mind|that is okay|no problem|why|how come|is it too hard]"),
        "It is too hard for me.", ("too", "hard"),
    ),
    FollowUpStep(
        ("I only know what I was taught.", "It is too hard for me."),
        expand("[what is easier|what is easy for you|what then|so what can i ask|what else|and what do you know]"),
        "Ask me about words, numbers, places and things.", ("words", "numbers", "places", "things"),
    ),
)  # fmt: skip


def answers() -> set[str]:
    return {step.answer for step in STEPS}
