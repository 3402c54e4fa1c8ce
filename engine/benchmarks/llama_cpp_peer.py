"""llama.cpp with a model's weights from a GGUF file, to compare speed with.

As fast as it can be had from Python: with flash attention over keys and values in 16 bits, and for each token no more of Python
than one `llama_decode` and the highest of the logits where llama.cpp left them, without the package's own copies and samplers.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.lm.config import LMConfig


class LlamaCpp:
    """A GGUF file of the decoder that `config` describes.

    Raises `ValueError` with a sentence where the package llama-cpp-python is missing, or the file is none that llama.cpp opens or
    is of another model.
    """

    def __init__(self, path: Path, config: LMConfig) -> None:
        try:
            import llama_cpp  # the user's own: no part of the program needs it
        except ImportError as error:
            raise ValueError(
                "To compare with llama.cpp, its Python package llama-cpp-python is needed: install it where this program runs."
            ) from error
        self._library: Any = llama_cpp
        self.name = f"llama.cpp {path.stem}"
        self.runs_by = f"llama.cpp (llama-cpp-python {self._library.__version__})"
        size = config.context
        with redirect_stderr(io.StringIO()):  # it warns of a context that is no multiple of 256
            try:
                self._llama = self._library.Llama(str(path), n_ctx=size, n_batch=size, flash_attn=True, verbose=False)
            except ValueError as error:
                raise ValueError(f"{path} is not there, or no GGUF file that llama.cpp opens.") from error
        self._vocabulary = self._llama.n_vocab()
        if self._vocabulary != config.vocabulary:
            raise ValueError(f"{path} has {self._vocabulary} tokens and the model {config.vocabulary}: it is of another model.")

    def reply(self, prompt: Sequence[int], count: int) -> tuple[tuple[int, ...], float]:
        """`count` tokens and the seconds that those after the first took, with as many threads as torch has."""
        library, context = self._library, self._llama.ctx
        library.llama_set_n_threads(context, torch.get_num_threads(), torch.get_num_threads())
        library.llama_memory_clear(library.llama_get_memory(context), True)
        asked, last = (library.llama_token * len(prompt))(*prompt), (library.llama_token * 1)()
        step = library.llama_batch_get_one(last, 1)  # it points to `last`
        ids = [self._next(library.llama_batch_get_one(asked, len(asked)))]
        first = time.perf_counter()
        while len(ids) < count:
            last[0] = ids[-1]
            ids.append(self._next(step))
        return tuple(ids), time.perf_counter() - first

    def _next(self, batch: Any) -> int:
        if code := self._library.llama_decode(self._llama.ctx, batch):
            raise ValueError(f"llama.cpp could not go on with {self.name} (its code {code}).")
        logits = self._library.llama_get_logits_ith(self._llama.ctx, -1)
        return int(np.ctypeslib.as_array(logits, (self._vocabulary,)).argmax())
