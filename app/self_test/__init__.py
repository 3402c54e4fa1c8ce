"""`refrain self-test`: whether this installation does what it should, found out by doing it. No Qt but to see whether it loads.

It opens no connection, needs no display and no sound card, and touches nothing of the user's.
"""

from __future__ import annotations

from app.self_test import answers, keeping, machine
from app.self_test.check import Bench, Check, Finding, State, run

CHECKS: tuple[Check, ...] = (*machine.CHECKS, *answers.CHECKS, *keeping.CHECKS)
"""All of them, in their order; what a later one needs was done by an earlier one."""

__all__ = ["CHECKS", "Bench", "Check", "Finding", "State", "run"]
