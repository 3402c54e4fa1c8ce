"""Several models, and several poolings, side by side: real renders of random models, no device."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.engine_client.commands import Ended, Ready, RenderQuestion
from app.pages.compare.installed import InstalledModel, installed
from app.pages.compare.prompt_card import GIVEN
from engine.models.store.registry import ModelRegistry
from tests.app.pages.compare.sounds import noise
from tests.app.pages.compare.test_page import Desk
from tests.app.random_voice import RandomVoice
from tests.engine.models.store.test_folders import WREN, copied

LEFT = Qt.MouseButton.LeftButton
OWN = Path(".").absolute()


class Models:
    """What is installed, and how it is loaded."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def listed(self) -> list[InstalledModel]:
        names = ("high", "parallel", "broken")
        return [InstalledModel("wren", "Random", OWN), *(InstalledModel(name, name, OWN / name) for name in names)]

    def load(self, name: str) -> RandomVoice:
        assert self.open.wait(60)
        if name == "broken":
            raise ValueError("The folder broken has no weights.")
        model = RandomVoice(chunks=2)
        if name == "high":  # another rate, and so another length of the same tokens
            model.output_rate, model.speech_rate = 24000, 37.5
        if name == "parallel":
            model.exit_heads = {}
        return model


@pytest.fixture
def models():
    return Models()


@pytest.fixture
def desk(qtbot, models):
    made = Desk(qtbot, models.load, models=models.listed)
    made.until(lambda: made.page.variants.rows[0].models.count() == 4)
    yield made
    models.open.set()
    made.close()


def choose(row, name: str) -> None:
    row.models.setCurrentIndex(row.models.findText(name))
    row.models.activated.emit(row.models.currentIndex())


def test_models_are_rendered_one_after_another_and_heard_at_one_rate(desk):
    page, rows = desk.page, desk.page.variants.rows
    assert [rows[0].models.itemText(place) for place in range(4)] == ["Random", "high", "parallel", "broken"]
    assert rows[0].models.isVisible() and rows[0].model == ""
    rows[1].form.setText("spark:even@4")
    choose(rows[1], "high")
    desk.until(lambda: rows[1].facts is not None)
    assert rows[1].mean_depth.text() == "6.0 of 8"
    asked = []
    page.blind_requested.connect(asked.append)
    QTest.mouseClick(page.bar.render_button, LEFT)
    desk.until(lambda: page.results.shown is not None)
    own, high = page.results.shown.replies
    assert (own.title, high.title) == ("Random  ·  full", "high  ·  spark:even@4")
    assert (own.rate, high.rate, high.speech_rate) == (16000, 24000, 37.5)
    clips, seconds = page.results.shown.clips, [len(reply.samples) / reply.rate for reply in (own, high)]
    assert [end / clips.rate for end in clips.ends] == pytest.approx(seconds, abs=0.01) and seconds[0] > seconds[1]
    loudness = [level.lufs + level.gain_db for level in clips.levels]
    assert loudness[0] == pytest.approx(loudness[1])
    assert page.results.table.cell(1, "Variant") == high.title
    assert page.results.cards[1].button.accessibleName() == f"Hear 2: {high.title}"
    QTest.mouseClick(page.results.blind, LEFT)
    assert [(reply.title, reply.rate) for reply in asked[0]] == [(own.title, 16000), (high.title, 24000)]
    turn = desk.engine.ask("hello", "full")
    desk.until(lambda: any(isinstance(r, Ended) and r.turn == turn for r in desk.reports))


def test_a_model_that_cannot_be_loaded_is_said_in_its_row_and_the_others_are_rendered(desk):
    page, rows = desk.page, desk.page.variants.rows
    rows[1].form.setText("spark:even@4")
    choose(rows[0], "broken")
    desk.until(rows[0].failure.isVisible)
    assert rows[0].failure.text() == "The folder broken has no weights." and page.bar.render_button.isEnabled()
    QTest.mouseClick(page.bar.render_button, LEFT)
    desk.until(lambda: page.results.shown is not None)
    assert [card.reply.title for card in page.results.cards] == ["Random  ·  spark:even@4"]
    assert rows[0].failure.text() == "The folder broken has no weights." and not rows[1].failure.isVisible()
    assert "broken  ·  full" in page.bar.sentence
    choose(rows[0], "Random")
    assert not rows[0].failure.isVisible()


def test_a_model_without_exits_is_offered_nothing_but_full(desk):
    rows = desk.page.variants.rows
    choose(rows[1], "parallel")
    desk.until(lambda: rows[1].facts is not None)
    row = rows[1]
    assert [row.presets.itemText(place) for place in range(row.presets.count())] == ["Full depth   full"]
    assert "no exit head" in desk.page.variants.problem and not desk.page.bar.render_button.isEnabled()
    row.presets.activated.emit(0)
    assert row.form.text() == "full" and not desk.page.variants.problem
    row.form.setText("spark:even@4")
    choose(row, "Random")
    choose(row, "parallel")
    assert row.form.text() == "full", "what the model cannot run gives way"


def test_a_row_keeps_the_model_that_it_names_and_results_say_what_made_them(desk, models):
    page, card, rows = desk.page, desk.page.variants, desk.page.variants.rows
    own = page._model
    another = replace(own, name="another", folder=str(OWN / "high"))
    page.take(Ready(another, 0.1))
    assert [row.model_name for row in rows] == ["high", "high"], "nobody chose a model yet: the conversation's"
    page.take(Ready(own, 0.1))
    rows[1].form.setText("spark:even@4")
    QTest.mouseClick(page.bar.render_button, LEFT)
    desk.until(lambda: page.results.shown is not None)
    page.take(Ready(another, 0.1))
    assert [(row.model_name, row.model) for row in rows] == [("Random", "wren")] * 2
    assert [row.facts for row in rows] == [own, own] and not card.problem
    assert "made with random" in page.results.origin.text().lower() and "What is early exit?" in page.results.origin.text()
    card.offer_models([InstalledModel("high", "high", OWN / "high")])
    assert rows[0].model_name == "Random" and not card.problem, "its folder is there all the same"
    missing = InstalledModel("lost", "lost", OWN / "lost")
    card.offer_models([missing, InstalledModel("high", "high", OWN / "high")])
    choose(rows[1], "lost")
    card.offer_models([InstalledModel("high", "high", OWN / "high")])
    assert rows[1].model_name == "lost" and "lost is gone" in card.problem and not page.bar.render_button.isEnabled()
    choose(rows[1], "high")
    assert not card.problem and rows[1].model == ""
    page.set_schedules(["full", "full"])
    assert [row.model_name for row in rows] == ["high", "high"], "asked for on the conversation's model"


def test_a_live_turn_works_while_a_row_s_model_is_loaded(desk, models):
    page, rows = desk.page, desk.page.variants.rows
    choose(rows[0], "high")
    desk.until(lambda: rows[0].facts is not None)
    choose(rows[1], "parallel")
    desk.until(lambda: rows[1].facts is not None)
    rows[1].form.setText("full")
    models.open.clear()
    QTest.mouseClick(page.bar.render_button, LEFT)
    desk.until(lambda: page.rendering.is_running)
    turn = desk.engine.ask("hello", "full")
    desk.until(lambda: any(isinstance(r, Ended) and r.turn == turn for r in desk.reports))
    assert "waits for its model" in page.bar.sentence
    models.open.set()
    desk.until(lambda: page.results.shown is not None)
    assert len(page.results.cards) == 2


def test_poolings_are_compared_where_the_question_is_spoken(desk, any_sound_is_speech):
    page, rows = desk.page, desk.page.variants.rows
    assert not rows[0].pooling.isVisible()
    page.set_prompt(RenderQuestion(samples=noise(1, rate=16000), rate=16000), "what I said")
    assert page.prompt.kind.currentIndex() == GIVEN and rows[0].pooling.isVisible()
    rows[0].form.setText("full")
    rows[1].form.setText("full")
    rows[1].pooling.choose("most of it")
    assert "2:" in page.variants.problem and not page.bar.render_button.isEnabled()
    rows[1].pooling.choose("input:0.5")
    QTest.mouseClick(page.bar.render_button, LEFT)
    desk.until(lambda: page.results.shown is not None)
    plain, merged = page.results.shown.replies
    assert (plain.title, merged.title) == ("full", "full  ·  input:0.5")
    assert (plain.stats.pooling, merged.stats.pooling) == ("none", "input:0.5")
    page.prompt.kind.setCurrentIndex(0)
    assert not rows[1].pooling.isVisible() and rows[1].pooling_text == "none"


def test_the_question_of_an_older_turn_is_not_replaced_by_the_last_one(desk):
    wanted = []
    desk.page.last_turn_requested.connect(lambda: wanted.append(True))
    desk.page.set_prompt(RenderQuestion("an older question"), "an older question")
    assert not wanted and desk.page.prompt.prompt()[1] == "an older question"


def test_models_that_share_a_name_are_told_apart_by_their_folders(tmp_path):
    shelf = ModelRegistry(tmp_path / "data")
    folder = copied(WREN, tmp_path / "mine")
    (copied(WREN, tmp_path / "torn") / "lm.safetensors").unlink()
    shelf.add(folder)
    shelf.add(tmp_path / "torn")
    listed = {one.name: one for one in installed(shelf)}
    assert listed["mine"].use == str(folder) and listed["mine"].folder == folder and "torn" not in listed
    assert sum(one.folder == WREN.absolute() for one in listed.values()) == 1
