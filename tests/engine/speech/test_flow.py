"""The ODE solver follows a field that is known, and guides as it should."""

from __future__ import annotations

import torch

from engine.speech.flow import cosine_times, solve


def test_times_go_from_zero_to_one_dense_at_first():
    times = cosine_times(10)
    assert times[0] == 0 and torch.isclose(times[-1], torch.tensor(1.0, dtype=torch.float64))
    assert (times.diff().diff() > 0).all()


def test_a_straight_field_ends_exactly_where_it_points():
    noise, goal = torch.randn(1, 8, 5), torch.randn(1, 8, 5)

    def field(frames, t):
        x, mu, _, _ = frames.chunk(4, dim=1)
        return (mu - x) / (1 - t[:, None, None])

    speaker, cond = torch.zeros(1, 8), torch.zeros(1, 8, 5)
    torch.testing.assert_close(solve(field, noise, goal, speaker, cond, steps=4, guidance=0.0), goal)


def test_guidance_goes_away_from_the_free_velocity():
    noise, ones = torch.zeros(1, 8, 5), torch.ones(1, 8, 5)
    seen = []

    def field(frames, t):
        seen.append(t)
        x, mu, speaker, cond = frames.chunk(4, dim=1)
        assert not mu[1].any() and not speaker[1].any() and not cond[1].any() and torch.equal(x[0], x[1])
        return 2 * mu + 3 * speaker + 4 * cond + 1

    mel = solve(field, noise, ones, torch.ones(1, 8), ones, steps=10, guidance=0.7)
    torch.testing.assert_close(mel, torch.full((1, 8, 5), 1.7 * 10 - 0.7 * 1))
    assert len(seen) == 10 and all(t.shape == (2,) for t in seen)
