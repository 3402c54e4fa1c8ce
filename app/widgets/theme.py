"""How Refrain looks: one small palette for light and one for dark, following the system, and one style sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal
from weakref import WeakKeyDictionary

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from shiboken6 import isValid

# Okabe and Ito's colours, which stay apart for colour-blind eyes; the plots add shapes.
KINDS = {"heard": "#009E73", "text": "#E69F00", "speech": "#56B4E9", "control": "#999999"}
REJECTED = "#D55E00"

Appearance = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Colours:
    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    danger: str


LIGHT = Colours("#F5F5F2", "#FFFFFF", "#F0F1EE", "#E1E2DD", "#1D2126", "#646B75", "#0072B2", "#FFFFFF", "#B3261E")
DARK = Colours("#16181B", "#1F2226", "#2A2E33", "#33383E", "#E9EAEC", "#9BA2AC", "#56B4E9", "#0D1418", "#FF8F85")

_SHEET = """
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }
QFrame[role="card"] { background: @surface; border: 1px solid @border; border-radius: 12px; }
QLabel { background: transparent; }
QLabel[role="muted"], QLabel[role="caption"] { color: @muted; }
QLabel[role="danger"] { color: @danger; }
QLabel[role="key"] { border: 1px solid @border; background: @raised; color: @text; border-radius: 6px; padding: 1px 7px; }
QLabel[role="schedule"] { border: 1px solid @accent; color: @accent; border-radius: 9px; padding: 2px 9px; }
QScrollArea, QScrollArea > QWidget > QWidget[role="turns"] { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @border; border-radius: 5px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; width: 0; height: 0; }
QLineEdit, QComboBox { background: @surface; border: 1px solid @border; border-radius: 8px; padding: 6px 10px;
    selection-background-color: @accent; selection-color: @on_accent; }
QLineEdit[role="question"] { border-radius: 14px; padding: 0 16px; }
QLineEdit:focus, QComboBox:focus { border: 1px solid @accent; }
QLineEdit[role="invalid"], QComboBox[role="invalid"] { border: 1px solid @danger; }
QComboBox QLineEdit { border: none; padding: 0; background: transparent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; outline: none; padding: 4px;
    selection-background-color: @accent; selection-color: @on_accent; }
QPushButton { background: @surface; border: 1px solid @border; border-radius: 14px; padding: 8px 16px; color: @text; }
QPushButton:hover { background: @raised; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: transparent; }
QPushButton:checked { background: @raised; border: 1px solid @muted; }
QPushButton:checked:focus { border: 1px solid @accent; }
QPushButton[role="small"] { border-radius: 10px; padding: 4px 10px; }
QPushButton[role="primary"] { background: @accent; color: @on_accent; border: 1px solid @accent; }
QPushButton[role="primary"]:focus { border: 1px solid @text; }
QPushButton[role="primary"]:disabled { background: transparent; color: @muted; border: 1px solid @border; }
QToolButton { border-radius: 8px; padding: 4px 8px; color: @text; border: 1px solid transparent; background: transparent; }
QToolButton:hover { background: @raised; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton:disabled { color: @muted; }
QFrame[role="rail"] { background: @surface; border: none; border-right: 1px solid @border; }
QToolButton[role="rail"] { border-radius: 12px; padding: 6px 2px 4px 2px; color: @muted; }
QToolButton[role="rail"]:checked { background: @raised; color: @text; }
QListView { background: transparent; outline: none; }
QAbstractItemView:window, QFileDialog QAbstractItemView { background: @surface; color: @text; border: 1px solid @border;
    selection-background-color: @accent; selection-color: @on_accent; }
QFileDialog QAbstractItemView:focus { border: 1px solid @accent; }
QFileDialog QHeaderView::section { background: @surface; color: @muted; border: none; padding: 4px 8px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPlainTextEdit, QTableView { border: 1px solid transparent; border-radius: 8px; padding: 4px 6px; }
QPlainTextEdit[role="field"], QListWidget[role="field"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QPlainTextEdit:focus, QTableView:focus, QListWidget[role="field"]:focus { border: 1px solid @accent; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid @muted; background: @surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked { background: @accent; border: 1px solid @accent; }
QCheckBox::indicator:checked:disabled { background: @border; border: 1px solid @border; }
QCheckBox:disabled, QRadioButton:disabled { color: @muted; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid @accent; }
QMenu { background: @surface; border: 1px solid @border; padding: 6px; }
QMenu::item { padding: 6px 22px; border-radius: 6px; }
QMenu::item:selected { background: @raised; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 5px 8px; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar:focus { border: 1px solid @accent; border-radius: 8px; }
QSlider::groove:horizontal { height: 4px; background: @border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::groove:vertical { width: 4px; background: @border; border-radius: 2px; }
QSlider::add-page:vertical { background: @accent; border-radius: 2px; }
QSlider::handle:vertical { height: 14px; margin: 0 -6px; border: 1px solid @accent; border-radius: 8px; background: @surface; }
QSlider::handle:vertical:focus { background: @accent; }
QSlider::handle:horizontal { width: 14px; margin: -6px 0; border: 1px solid @accent; border-radius: 8px; background: @surface; }
QSlider::handle:horizontal:focus { background: @accent; border: 1px solid @text; }
QMainWindow::separator { background: transparent; width: 8px; height: 4px; }
QSplitter::handle { background: transparent; }
"""


TEXT_SIZES = (80, 150)
"""Percent: the least and the most."""
_chosen: Appearance = "system"
_used = LIGHT
_points = 10.5  # of the program's font at 100 %
_text_size = 100
_followers: WeakKeyDictionary[QWidget, dict[str, Callable[[QWidget], None]]] = WeakKeyDictionary()


def now() -> Colours:
    """The palette in use; asked for in every painting, so it is not looked up."""
    return _used


def _wanted() -> Colours:
    system_is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if _chosen == "dark" or (_chosen == "system" and system_is_dark) else LIGHT


def application() -> QApplication:
    """The program's own, which is there before any widget."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def install(app: QApplication, appearance: Appearance = "system", text_size: int = 100) -> None:
    """Dresses the program; "system" follows the system from light to dark and back. `text_size` is in percent."""
    global _points
    if not app.property("dressed"):
        app.setProperty("dressed", True)
        app.setStyle("Fusion")
        _points = max(_points, app.font().pointSizeF())
        app.styleHints().colorSchemeChanged.connect(lambda _: _apply(app))
    choose(app, appearance)
    choose_text_size(app, text_size)


def choose(app: QApplication, appearance: Appearance) -> None:
    """Another appearance from now on."""
    global _chosen
    _chosen = appearance
    if _wanted() != _used or not app.styleSheet():  # to style every widget anew takes long
        _apply(app)


def choose_text_size(app: QApplication, percent: int) -> None:
    """All words larger or smaller from now on, and with them what `fix` was told of."""
    global _text_size
    _text_size = percent
    made = app.font()
    made.setPointSizeF(_points * percent / 100)
    if made != app.font():
        app.setFont(made)
        _apply(app)


def scaled(pixels: float) -> int:
    """So many pixels at a text size of 100 %, at the present one."""
    return round(pixels * _text_size / 100)


def fix(widget: QWidget, width: int | None = None, height: int | None = None) -> None:
    """As `setFixedWidth` and `setFixedHeight`, but `scaled`, also when the text size changes."""
    if width is not None:
        _follow(widget, "width", lambda widget: widget.setFixedWidth(scaled(width)))
    if height is not None:
        _follow(widget, "height", lambda widget: widget.setFixedHeight(scaled(height)))


def limit(widget: QWidget, widest: int) -> None:
    """As `setMaximumWidth`, but `scaled`, also when the text size changes."""
    _follow(widget, "widest", lambda widget: widget.setMaximumWidth(scaled(widest)))


def reserve(label: QLabel, words: str) -> None:
    """The label is never narrower than these words, at every text size: what stands beside it must not move."""
    _follow(label, "words", lambda label: label.setMinimumWidth(label.fontMetrics().horizontalAdvance(words)))


def font(scale: float, bold: bool = False) -> QFont:
    """The program's font, larger or smaller, at the present text size: for what is painted."""
    made = QApplication.font()
    made.setPointSizeF(made.pointSizeF() * scale)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def set_font(widget: QWidget, scale: float, bold: bool = False) -> None:
    """The program's font, larger or smaller, at every text size: for a widget."""

    def follow(widget: QWidget) -> None:
        made = font(scale, bold)
        widget.setFont(made)
        widget.setProperty("_q_styleSheetWidgetFont", made)  # Qt's own note: what a style sheet gives back at each polishing

    _follow(widget, "font", follow)


def _follow(widget: QWidget, what: str, act: Callable[[QWidget], None]) -> None:
    """Acts now and whenever the text size changes; `act` is given the widget and must not keep it."""
    _followers.setdefault(widget, {})[what] = act
    act(widget)


def mixed(front: QColor, back: QColor, share: float) -> QColor:
    """`share` of `front`, the rest of `back`; both opaque."""
    pairs = ((front.red(), back.red()), (front.green(), back.green()), (front.blue(), back.blue()))
    return QColor(*(round(share * one + (1 - share) * other) for one, other in pairs))


def set_role(widget: QWidget, role: str) -> None:
    """Changes which rules of the style sheet a widget follows."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str = "", role: str = "", scale: float = 1.0, bold: bool = False) -> QLabel:
    """A label for plain text; `role` picks its colours."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    set_font(made, scale, bold)
    return made


def button(text: str, name: str = "", role: str = "small") -> QPushButton:
    """`name` is what screen readers say, where that is not the text."""
    made = QPushButton(text)
    made.setProperty("role", role)
    if name:
        made.setAccessibleName(name)
    return made


def _apply(app: QApplication) -> None:
    global _used
    colours = _used = _wanted()
    palette = QPalette()
    groups = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.raised,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Accent: colours.accent,
    }
    for role, colour in groups.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    app.setPalette(palette)
    sheet = _SHEET
    for field in sorted(fields(colours), key=lambda field: -len(field.name)):  # @accent is not a part of another name
        sheet = sheet.replace(f"@{field.name}", getattr(colours, field.name))
    app.setStyleSheet(sheet)
    for widget, acts in list(_followers.items()):
        if isValid(widget):
            for act in acts.values():
                act(widget)
