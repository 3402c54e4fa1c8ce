"""A bigram language model over given sentences, in the ARPA format that recognisers read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log10

START, END = "<s>", "</s>"
_NEVER = -99.0


def arpa(sentences: Sequence[Sequence[str]], discount: float = 0.5) -> str:
    """The model's text: absolute discounting, what is taken from seen pairs goes to the single words' shares."""
    singles: Counter[str] = Counter()
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        row = [START, *sentence, END]
        singles.update(row[1:])
        for first, second in zip(row, row[1:], strict=False):
            pairs[first][second] += 1
    total = sum(singles.values())
    one_word = [f"{_NEVER:.4f} {START} {_left_over(pairs[START], singles, total, discount):.4f}"]
    for word, count in sorted(singles.items()):
        back_off = f" {_left_over(pairs[word], singles, total, discount):.4f}" if word != END else ""
        one_word.append(f"{log10(count / total):.4f} {word}{back_off}")
    two_words = [
        f"{log10((count - discount) / sum(followers.values())):.4f} {first} {second}"
        for first, followers in sorted(pairs.items())
        for second, count in sorted(followers.items())
    ]
    return "\n".join(
        ["\\data\\", f"ngram 1={len(one_word)}", f"ngram 2={len(two_words)}"]
        + ["", "\\1-grams:", *one_word, "", "\\2-grams:", *two_words, "", "\\end\\", ""]
    )


def _left_over(followers: Counter[str], singles: Counter[str], total: int, discount: float) -> float:
    """log10 of the factor on the single words' shares after a word with these followers."""
    taken = discount * len(followers) / sum(followers.values())
    unseen = 1 - sum(singles[word] for word in followers) / total
    return log10(taken / unseen) if unseen > 1e-9 else _NEVER
