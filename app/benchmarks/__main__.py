"""`python -m app.benchmarks startup`, `conversation`, `turn-end`, `echo` and `processing`: how the program feels, in figures."""

from __future__ import annotations

import typer

from app.benchmarks import conversation, echo, processing, startup, turn_end

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.command("startup")(startup.main)
app.command("conversation")(conversation.main)
app.command("echo")(echo.main)
app.command("processing")(processing.main)
app.command("turn-end")(turn_end.main)

if __name__ == "__main__":
    app()
