"""The demonstration asks by itself, but never over somebody."""

from __future__ import annotations

from types import SimpleNamespace

from app.core import demo
from app.core.demo import Demo
from app.core.reply_options import ReplySettings


def test_it_asks_after_a_pause_with_the_next_schedule_each_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(demo.time, "monotonic", lambda: now[0])
    asked = []
    model = SimpleNamespace(layers=12, exit_layers=(4, 6, 8), trained_heads=(4, 6, 8), frames=None)
    conversation = SimpleNamespace(
        model=None,
        is_busy=False,
        how=ReplySettings("full"),
        ask_aloud=lambda samples, rate, how: asked.append((len(samples), rate, how.schedule)),
    )
    demonstration = Demo(conversation)

    def pass_time(seconds):
        now[0] += seconds
        demonstration.tick()

    pass_time(10)
    assert not asked  # no model yet
    conversation.model = model
    pass_time(0)
    pass_time(1)
    conversation.is_busy = True  # somebody speaks
    pass_time(10)
    conversation.is_busy = False
    pass_time(1)
    assert not asked
    pass_time(2.5)
    pass_time(1)
    pass_time(2.5)
    assert len(asked) == 2 and asked[0][0] > 8000 and asked[0][2] == "full" and asked[1][2] != "full"
