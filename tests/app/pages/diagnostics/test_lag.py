"""The histogram of lateness agrees with the exact percentiles, at no cost that grows."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app.pages.diagnostics.lag import EDGES, SHOWN, LagProbe, LagSampler
from app.pages.diagnostics.smoothness import LagPanel, lag_in_words
from app.widgets import theme
from tests.app.measure import misfits, settle


def fed(late: np.ndarray, interval: float = 16.0) -> LagSampler:
    sampler, now = LagSampler(interval), 100.0
    sampler.tick(now)
    for milliseconds in late:
        now += (interval + milliseconds) / 1000
        sampler.tick(now)
    return sampler


def test_percentiles_are_those_of_the_values_within_a_bin():
    late = np.random.default_rng(1).lognormal(0.5, 1.2, 20_000)
    sampler, step = fed(late), EDGES[1] / EDGES[0]
    for name, percent in (("p50", 50), ("p95", 95), ("p99", 99)):
        exact = float(np.percentile(late, percent))
        assert exact / step <= sampler.percentiles()[name] <= exact * step
    assert sampler.worst == pytest.approx(late.max(), abs=1e-3)
    assert sampler.ticks == len(late)


def test_bars_count_every_tick_once_between_the_borders():
    late = np.array([0.0, 0.5, 1.5, 3, 3, 20, 700, 60_000])
    bars = fed(late).bars()
    exact, _ = np.histogram(late, [-1, *SHOWN, np.inf])
    assert bars == exact.tolist() and len(bars) == len(SHOWN) + 1


def test_before_the_first_tick_and_after_a_reset_there_is_nothing():
    sampler = fed(np.array([5.0, 6.0]))
    sampler.reset()
    assert sampler.percentiles() == {"p50": 0, "p95": 0, "p99": 0, "worst": 0} and not any(sampler.bars())
    sampler.tick(1e6)  # the time before the reset is no lateness
    assert sampler.ticks == 0


def test_a_tick_that_is_early_is_on_time():
    assert fed(np.array([-10.0, -3.0])).worst == 0


def test_the_probe_measures_a_blocked_screen(qtbot):
    import time

    probe = LagProbe()
    qtbot.waitUntil(lambda: probe.sampler.ticks > 3, timeout=30_000)
    probe.restart()
    qtbot.waitUntil(lambda: probe.sampler.ticks > 0, timeout=30_000)
    time.sleep(0.2)
    qtbot.waitUntil(lambda: probe.percentiles()["worst"] > 150, timeout=30_000)


def test_a_stall_is_said_beside_smooth():
    assert lag_in_words(fed(np.zeros(1000))).startswith("Smooth. ")
    assert lag_in_words(fed(np.array([*np.zeros(1000), 2953.0]))).startswith("Smooth, but for a stall of 2,953 ms. ")
    assert lag_in_words(fed(np.full(100, 60.0))).startswith("Not smooth")


@pytest.mark.parametrize("count", [1, 9, 40, 99, 900])
def test_the_labels_of_its_histogram_are_whole_whatever_was_counted(qtbot, count):
    theme.install(QApplication.instance(), "light")
    panel = LagPanel()
    qtbot.addWidget(panel)
    panel.resize(300, 190)
    panel.show()
    qtbot.waitExposed(panel)
    panel.refresh(fed(np.zeros(count)))
    settle()
    assert not misfits(panel)
