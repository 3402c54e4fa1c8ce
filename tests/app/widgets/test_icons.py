"""The icons: complete, in one style, and in the colours of the moment."""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from app.widgets import icons, theme
from engine.resources import resources_folder

pytestmark = pytest.mark.look

FOLDER = resources_folder() / "icons"
NAMES = get_args(icons.Name)
NORMAL, DISABLED, ACTIVE = QIcon.Mode.Normal, QIcon.Mode.Disabled, QIcon.Mode.Active
OFF, ON = QIcon.State.Off, QIcon.State.On


@pytest.fixture(scope="module", params=["light", "dark"])
def look(request, qapp):
    theme.install(qapp, request.param)
    yield request.param
    theme.install(qapp)


def pixels(icon: QIcon, side: int = 24, mode=NORMAL, state=OFF, ratio: float = 1.0) -> np.ndarray:
    """[y, x, rgba] of 0..255, not premultiplied."""
    image = icon.pixmap(QSize(side, side), ratio, mode, state).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4).astype(int)


def ink(picture: np.ndarray) -> tuple[int, ...]:
    """The colour of what is fully covered."""
    full = picture[picture[..., 3] == 255][:, :3]
    return tuple(np.median(full, axis=0).astype(int)) if len(full) else ()


def rgb(name: str) -> tuple[int, ...]:
    return QColor(getattr(theme.now(), name)).getRgb()[:3]


def test_where_there_is_no_room_nothing_is_drawn(qapp, qtlog):
    assert icons.icon(NAMES[0]).pixmap(QSize(0, 16), 1.0, NORMAL, OFF).isNull() and not qtlog.records


def test_every_drawing_has_a_name_and_every_name_a_drawing():
    assert {file.stem for file in FOLDER.glob("*.svg")} == {*NAMES, icons.MARK}


@pytest.mark.parametrize("name", NAMES)
def test_the_drawings_are_of_one_style(name):
    root = Tree.parse(FOLDER / f"{name}.svg").getroot()
    style = {key: root.get(key) for key in ("viewBox", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "fill")}
    assert list(style.values()) == ["0 0 24 24", "currentColor", "1.75", "round", "round", "none"]
    colours = {element.get(key) for element in root.iter() for key in ("fill", "stroke")}
    assert colours <= {"currentColor", "none", None}


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_shows_something_and_keeps_off_the_edge(name, look):
    for side in (16, 24, 48):
        alpha = pixels(icons.icon(name), side)[..., 3]
        assert 0.03 < (alpha > 96).mean() < 0.6, side
    alpha = pixels(icons.icon(name), 96)[..., 3]
    assert not alpha[[0, 1, -2, -1]].any() and not alpha[:, [0, 1, -2, -1]].any()


def test_the_colours_are_those_of_the_state(look):
    made = icons.icon("stop")
    assert ink(pixels(made)) == rgb("muted")
    assert ink(pixels(made, mode=ACTIVE)) == rgb("text")
    assert ink(pixels(made, state=ON)) == rgb("accent")
    assert ink(pixels(icons.icon("stop", "danger"))) == rgb("danger")
    faded = np.array(ink(pixels(made, mode=DISABLED)))
    between = np.sort([rgb("muted"), rgb("window")], axis=0)
    assert (between[0] < faded).all() and (faded < between[1]).all()


def test_an_icon_follows_a_change_between_light_and_dark(qapp):
    made = QIcon(icons.icon("stop", "text"))
    theme.install(qapp, "light")
    before = ink(pixels(made))
    theme.install(qapp, "dark")
    assert before == QColor(theme.LIGHT.text).getRgb()[:3] and ink(pixels(made)) == QColor(theme.DARK.text).getRgb()[:3]
    theme.install(qapp)


def test_it_is_drawn_with_the_pixels_that_a_fine_screen_has(qapp):
    fine = pixels(icons.icon("compare"), 24, ratio=2.0)
    assert fine.shape[:2] == (48, 48)
    np.testing.assert_array_equal(fine, pixels(icons.icon("compare"), 48))


def test_a_button_keeps_its_icon_alive(qtbot, qapp):
    import gc

    from PySide6.QtWidgets import QToolButton

    button = QToolButton(icon=icons.icon("models"))
    qtbot.addWidget(button)
    gc.collect()
    button.show()
    assert not button.grab().isNull() and not button.icon().isNull()


def test_the_mark_has_bars_of_two_colours_at_every_size(qapp):
    mark = icons.mark()
    assert {size.width() for size in mark.availableSizes()} == set(icons.MARK_SIZES)
    for side in (16, 64, 256):
        picture = pixels(mark, side)
        assert (picture[..., 3] > 200).mean() > 0.7
        red_minus_blue = picture[..., 0] - picture[..., 2]
        assert (red_minus_blue > 60).any() and (red_minus_blue < -60).any()
