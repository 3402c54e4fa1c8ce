"""Decoding schedules: how many layers choose each token. Known before the step, or, by entropy, in the middle of it.

Text runs every layer. Inside a speech chunk, SPAR-K (arXiv 2603.09215) forms groups of `period` tokens: one of them runs
every layer (the refresh), the others exit at one layer. A schedule's text form is its name everywhere:

    full                  every token at full depth
    fixed:9               every speech token exits at layer 9
    spark:even@9          groups of two, the first at full depth; odd: the last; triple: groups of three, the first
    spark:k=4,first@9     groups of four; or last
    entropy:9<0.5         exits at layer 9 where the exit head's entropy is below 0.5 nats, else goes on

    ...+text              text exits early, too
    ...+propagate, +hole  the layers above an exit get the exit's state, or nothing, instead of catching up
    ...+review            early tokens (of a spark: form) are drafts that full depth reviews: its reply, up to rounding
    ...+review(top-p=0.9), +review(top-n=5)   drafts that full depth finds likely enough are kept, too
    ...+slice             full depth computes only those rows of its head that may come, where speech comes
    ...+codes=4           of a speech token that is a frame of several codes only the first four are chosen
    ...+code-layers=3     what chooses the codes of a frame runs only three of its layers
"""

from engine.schedules.forms import KV, Entropy, Fixed, Full, Schedule, ScheduleError, Spark, Tolerance
from engine.schedules.model_fit import FrameShape, check, depth_bounds, mean_depth
from engine.schedules.presets import SchedulePreset, presets
from engine.schedules.text import parse

__all__ = [
    "KV",
    "Entropy",
    "Fixed",
    "FrameShape",
    "Full",
    "SchedulePreset",
    "Schedule",
    "ScheduleError",
    "Spark",
    "Tolerance",
    "check",
    "depth_bounds",
    "mean_depth",
    "parse",
    "presets",
]
