"""Words that mean about the same, and words with what they mean in one sentence's worth."""

from __future__ import annotations

from .intent import Fact, Intent
from .patterns import expand

# Asked from left to right; a word stands on the left once.
SYNONYMS = """
big large, small little, quick fast, happy glad, sad unhappy, angry cross, clever smart, pretty beautiful, rich wealthy,
begin start, end finish, stop halt, buy purchase, shut close, talk speak, shout yell, look watch, choose pick, jump leap,
run race, walk stroll, sleep doze, eat dine, cry weep, laugh giggle, help assist, ask inquire, answer reply, fix repair,
break smash, build construct, throw toss, catch grab, pull drag, push shove, hide conceal, show display, send ship,
bring fetch, keep hold, need require, want wish, like enjoy, hate loathe, love adore, fear dread, think believe,
know understand, see notice, hear listen, smell sniff, taste savour, touch feel, win triumph, lose fail, try attempt,
teach instruct, learn study, guess suppose, hurry rush, wait stay, leave depart, arrive come, return reappear, rise climb,
fall drop, grow increase, shrink decrease, join connect, divide split, gather collect, spread scatter, cut slice,
brave bold, afraid scared, calm peaceful, noisy loud, silent quiet, easy simple, hard difficult, strange odd, funny comical,
boring dull, nice pleasant, awful terrible, great wonderful, good fine, bad poor, old ancient, new modern, empty vacant,
full packed, strong powerful, weak feeble, thin slim, thick dense, wet damp, dry arid, hot boiling, cold chilly,
dirty filthy, clean spotless, neat tidy, safe secure, dangerous risky, tired weary, ill sick, healthy well, lucky fortunate,
famous known, kind gentle, rude impolite, polite courteous, honest truthful, lazy idle, busy occupied, ready prepared,
sure certain, correct right, wrong false, whole entire, main chief, near close, huge enormous, tall high,
wide broad, gift present, car automobile, house home, street road, path track, shop store, picture image, story tale,
job work, error mistake, trip journey, friend pal, child kid, doctor physician, teacher instructor, thief robber,
doubt uncertainty, idea thought, plan scheme, rule law, prize award, goal aim, fight battle, anger rage, joy delight,
pain ache, rubbish trash, couch sofa, rock stone, sea ocean, hill mound, woods forest, autumn fall, flat apartment,
lift elevator, lorry truck, sweets candy, biscuit cookie, holiday vacation, film movie, rug carpet, hat cap, coat jacket
""".replace("\n", " ").split(",")

INTENTS: tuple[Intent, ...] = (
    Intent(
        "synonym",
        expand("""
            [what is|what's|tell me|give me|find|do you know|i need|i am looking for] a synonym for {word}
            [what is|tell me|give me|find|do you know|i need|is there] another word for {word}
            [which word|what word] [means the same as|is like|is a synonym for|means about the same as] {word}
            [a synonym for {word}|another word for {word}|synonym for {word}|what else can i say for {word}]
            [what can i say instead of {word}|say {word} in another word|what is a different word for {word}]
            """),
        tuple(Fact({"word": a}, f"Another word for {a} is {b}.", (b,)) for a, b in (pair.split() for pair in SYNONYMS)),
        ("and for {word}", "and {word}", "what about {word}", "how about {word}", "and another word for {word}"),
    ),
)
