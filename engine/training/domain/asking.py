"""Wordings that many tables of facts share; a thing is `x`, with its article, and `bare` without."""

from __future__ import annotations

from .patterns import expand

WHAT_IS = expand("""
    [what is|what's|what exactly is|what on earth is] {x}
    [tell me what|do you know what|explain what|i want to know what|i'd like to know what|i forgot what] {x} is
    [explain|describe|define|tell me about|what do you know about|can you explain] {x}
    what does [|the word] {bare} mean
    [what is meant by|what is the meaning of|give me a definition of] {bare}
    {x} what is that
    so what is {x} then
    what [kind|sort] of thing is {x}
    """)
AND_WHAT_IS = ("and {x}", "what about {x}", "how about {x}", "and what is {x}", "and what about {x}", "now {x}")

WHO_WAS = expand("""
    [who was|who is|who's|who exactly was] {x}
    [tell me who|do you know who|explain who|i want to know who|i'd like to know who|i forgot who] {x} was
    [tell me about|what do you know about|have you heard of|do you know] {x}
    what [was {x}|did {x} do|is {x} known for|made {x} famous]
    why [is|was] {x} famous
    for what is {x} famous
    """)
AND_WHO_WAS = ("and {x}", "what about {x}", "how about {x}", "and who was {x}", "and what about {x}", "now {x}")
