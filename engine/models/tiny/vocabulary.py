"""A byte-level vocabulary of a hundred words, in which every word is one token."""

from __future__ import annotations

_WORDS = """
    a again air all also always and answer as at away back because before best better between bird blue bread bring but by
    call can child city clear close cloud cold colour day deep different do door early earth easy evening every far fast find
    fire first flower for friend from garden give go good great green half hand happy have hear heart help here hill home hour
    house how if in is it just keep kind know large late leaf learn light like listen little long look love make many moon
    more morning most mountain music my near never new night no not now number of often old on once one open or other our
    paper people place play question quiet rain read ready red river road round say sea see she short silver simple sing
    slow small snow so some song sound spring star stone story street summer sun sweet table tall tell than that the then
    there they thing think this time to today together tree true turn two under until up very voice wait walk warm water way
    we well what when where which white who wind window winter with woman wood word work world year yellow yes you young
"""


def merges() -> list[tuple[bytes, bytes]]:
    """The pairs of tokens to join, in order: each word with the space before it grows letter by letter."""
    joined: dict[tuple[bytes, bytes], None] = {}
    for word in _WORDS.split():
        spelled = f" {word}".encode()
        for end in range(1, len(spelled)):
            joined[spelled[:end], spelled[end : end + 1]] = None
    return list(joined)


def words() -> list[bytes]:
    """The whole words among the joined tokens, with the space before them."""
    return [f" {word}".encode() for word in _WORDS.split()]
