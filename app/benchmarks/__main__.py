"""`python -m app.benchmarks startup` and `python -m app.benchmarks conversation`: how the program feels, in figures."""

from __future__ import annotations

import typer

from app.benchmarks import conversation, startup

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.command("startup")(startup.main)
app.command("conversation")(conversation.main)

if __name__ == "__main__":
    app()
