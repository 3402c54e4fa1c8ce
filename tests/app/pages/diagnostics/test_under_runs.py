"""Gaps in the sound are counted by the minute, also when devices are closed and opened."""

from __future__ import annotations

from app.pages.diagnostics.under_runs import KINDS, MINUTES, UnderRuns


class Counters(dict):
    def __call__(self):
        return dict(self)


def test_each_minute_has_its_own_and_the_oldest_are_forgotten():
    counters = Counters(ring_underruns=7, device_underflows=0)
    under_runs = UnderRuns(counters)  # what was before is not counted
    under_runs.tick(1000.0)
    counters["ring_underruns"] += 2
    under_runs.tick(1000.5)  # not yet: it looks once a second
    assert under_runs.total == 0
    under_runs.tick(1002.0)
    counters["device_underflows"] += 1
    under_runs.tick(1130.0)
    assert under_runs.total == 3
    assert [sum(minute.values()) for minute in under_runs.minutes] == [2, 0, 1]
    under_runs.tick(1000.0 + 60 * MINUTES)
    assert len(under_runs.minutes) == MINUTES and under_runs.minutes[0] == dict.fromkeys(KINDS, 0)
    assert under_runs.total == 3
    under_runs.tick(1e6)
    assert not any(sum(minute.values()) for minute in under_runs.minutes)


def test_a_device_that_is_closing_is_not_counted_twice():
    counters = Counters(ring_underruns=0)
    under_runs = UnderRuns(counters)
    for now, count in enumerate((5, 0, 5, 6)):
        counters["ring_underruns"] = count
        under_runs.tick(2.0 * now)
    assert under_runs.total == 6


def test_reset_counts_from_zero():
    counters = Counters(ring_underruns=0, output_late=0)
    under_runs = UnderRuns(counters)
    under_runs.tick(0.0)
    counters.update(ring_underruns=4, output_late=9)
    under_runs.reset()
    under_runs.tick(5.0)
    assert under_runs.total == 0 and not any(under_runs.totals.values())
    counters["output_late"] = 10
    under_runs.tick(7.0)
    assert under_runs.total == 0 and under_runs.totals["output_late"] == 1  # noticed, but no gap
