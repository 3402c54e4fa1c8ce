"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1, max=1024, help="CPU threads; by default what suits the model.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Show tracebacks and log everything.")]
