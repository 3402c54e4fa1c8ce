"""A file that is saved gets the ending by which it is found again."""

from __future__ import annotations

import pytest

from app.listening.experiment import ANSWERS_ENDING, ENDING
from app.widgets import save_dialog


@pytest.mark.parametrize("ending", [".zip", ".flac", ".refrain", ENDING, ANSWERS_ENDING])
def test_the_proposed_name_has_the_ending(ending, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(save_dialog, "_last", tmp_path)
    proposed = []
    monkeypatch.setattr(save_dialog.QFileDialog, "getSaveFileName", lambda *given: proposed.append(given[2]) or ("", ""))
    save_dialog.ask(None, "Save", "name", f"Kind (*{ending});;Folder (*)")
    assert proposed == [str(tmp_path / f"name{ending}")]
