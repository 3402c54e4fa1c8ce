"""What of a shown widget does not fit its place: words that are cut, and parts that are squeezed or out of reach.

    assert not misfits(page)

Whatever the program says must be read whole. A name that a user or a device brought may be elided where its widget is a
`NameLabel`, or the whole of it is in the tooltip of its cell or entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import isbuiltin

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QTableView,
    QWidget,
)

from app.widgets.name_label import NameLabel
from app.widgets.words import Words

SIZES = ((840, 520), (850, 515), (1024, 600), (1280, 800), (2560, 1440))
"""Logical pixels of a window, from the smallest one up."""
TEXT_SIZES = (80, 100, 150)  # percent
SLACK = 1  # pixels that rounding may take
_INSIDE = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QScrollBar, QHeaderView)
"""What Qt builds of parts of its own: they are measured as a whole."""


def misfits(root: QWidget) -> list[str]:
    """One line for everything in the visible `root`, itself included, that does not fit."""
    found = []
    for widget in _visible(root):
        found += [f"{_name(widget)}: {fault}" for fault in _faults(widget)]
        if widget is not root:
            found += [f"{_name(widget)}: {fault}" for fault in _misplaced(widget, root)]
    return found


def settle(rounds: int = 4) -> None:
    """Lets layouts come to rest."""
    for _ in range(rounds):
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _visible(root: QWidget) -> Iterator[QWidget]:
    if not root.isVisible() or isinstance(root, QScrollBar):
        return
    if isinstance(root, QDockWidget | QTabBar) and root.geometry().right() < 0:
        return  # what lies behind another tab, and tabs that there are none of
    yield root
    if isinstance(root, _INSIDE):
        return
    for child in root.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield from _visible(child)


def _name(widget: QWidget) -> str:
    words = ""
    for ask in ("text", "currentText", "placeholderText", "title", "accessibleName"):
        asked = getattr(widget, ask, None)
        words = words or (asked() if isbuiltin(asked) else "")  # Qt's own, not what a class of ours calls so
    places = []
    parent = widget.parentWidget()
    while parent is not None:
        if type(parent).__module__.startswith(("app", "tests")):
            places.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{type(widget).__name__} {words!r} ({widget.width()} x {widget.height()}) in {' < '.join(places[:3])}"


# --- words ------------------------------------------------------------------------------------------------------------


def _faults(widget: QWidget) -> Iterator[str]:
    match widget:
        case NameLabel():
            if not widget.is_whole and widget.toolTip() != widget.text():
                yield "elided, and the whole is nowhere"
        case Words():
            yield from _short(widget.size(), QSize(0, widget.heightForWidth(widget.width())), widget.text())
        case QLabel():
            yield from _label(widget)
        case QAbstractButton():
            yield from _narrow(widget, widget.sizeHint(), widget.text())
        case QComboBox():
            yield from _combo(widget)
        case QAbstractSpinBox():
            yield from _narrow(widget, widget.sizeHint(), widget.text())
        case QLineEdit():
            yield from _entry(widget)
        case QTabBar():
            yield from _tabs(widget)
        case QHeaderView():
            yield from _header(widget)
        case QAbstractItemView():
            yield from _cells(widget)
        case QGroupBox():
            yield from _narrow(widget, QSize(_advance(widget, widget.title()), 0), widget.title())
        case QDockWidget() if widget.titleBarWidget() is None:
            yield from _narrow(widget, QSize(_advance(widget, widget.windowTitle()), 0), widget.windowTitle())
        case pg.PlotWidget():
            yield from _plot(widget)
    if not isinstance(widget, QLabel | QAbstractButton | QComboBox | QAbstractSpinBox | QAbstractScrollArea):
        yield from _squeezed(widget)


def _advance(widget: QWidget, text: str) -> int:
    return widget.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()


def _label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or not label.pixmap().isNull():
        return
    margin = label.margin()
    room = label.contentsRect().adjusted(margin, margin, -margin, -margin)
    flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextExpandTabs
    if label.textFormat() == Qt.TextFormat.PlainText:
        needs = label.fontMetrics().boundingRect(QRect(0, 0, room.width(), 100_000), flags, text).size()
    else:
        frame = label.size() - room.size()
        needs = QSize(0, label.heightForWidth(label.width()) - frame.height()) if label.wordWrap() else label.sizeHint() - frame
    yield from _short(room.size(), needs, text)


def _short(room: QSize, needs: QSize, text: str) -> Iterator[str]:
    if needs.width() > room.width() + SLACK:
        yield f"{text!r} is {needs.width()} pixels wide, its place {room.width()}"
    if needs.height() > room.height() + SLACK:
        yield f"{text!r} is {needs.height()} pixels high, its place {room.height()}"


def _narrow(widget: QWidget, needs: QSize, text: str) -> Iterator[str]:
    if text:
        yield from _short(widget.size(), QSize(needs.width(), min(needs.height(), widget.fontMetrics().height())), text)
    elif isinstance(widget, QAbstractButton):
        yield from _short(widget.size(), needs, widget.accessibleName())


def _combo(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box)
    for place in range(box.count()):
        text, tip = box.itemText(place), str(box.itemData(place, Qt.ItemDataRole.ToolTipRole) or "")
        if text in (tip, box.toolTip()):
            continue
        if place == box.currentIndex():
            yield from _short(field.size(), QSize(_advance(box, text), 0), text)
        elif _advance(box, text) > max(field.width(), box.view().minimumWidth()) + SLACK:
            yield f"its entry {text!r} is {_advance(box, text)} pixels wide, the list {field.width()}"


def _entry(entry: QLineEdit) -> Iterator[str]:
    option = QStyleOptionFrame()
    entry.initStyleOption(option)
    field = entry.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, entry)
    text = entry.placeholderText() if not entry.text() else entry.text() if entry.isReadOnly() else ""
    needs = _advance(entry, text) + 4 if text else 0  # two pixels on either side are Qt's
    if entry.isReadOnly() and entry.toolTip() == text:
        needs = 0
    height = entry.fontMetrics().height()
    yield from _short(field.size(), QSize(needs, height), text or entry.accessibleName())


def _tabs(bar: QTabBar) -> Iterator[str]:
    for place in range(bar.count()):
        if bar.isTabVisible(place):
            yield from _short(bar.tabRect(place).size(), QSize(_advance(bar, bar.tabText(place)) + 8, 0), bar.tabText(place))
    if bar.count() and bar.tabRect(bar.count() - 1).right() > bar.width():
        yield f"{bar.tabText(bar.count() - 1)!r} has to be scrolled to"


def _header(header: QHeaderView) -> Iterator[str]:
    model, is_across = header.model(), header.orientation() == Qt.Orientation.Horizontal
    for place in range(header.count()):
        text = str(model.headerData(place, header.orientation(), Qt.ItemDataRole.DisplayRole) or "") if model else ""
        if text and not header.isSectionHidden(place):
            room = QSize(header.sectionSize(place), header.height()) if is_across else header.size()
            needs = header.sectionSizeFromContents(place)
            yield from _short(room, needs if is_across else QSize(needs.width(), 0), text)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    is_own = type(view.itemDelegate()) is not QStyledItemDelegate  # it measures what it paints itself
    if model is None or (is_own and not isinstance(view, QTableView)):
        return
    columns = 1 if isinstance(view, QListView) else model.columnCount(view.rootIndex())
    for row in range(model.rowCount(view.rootIndex())):
        for column in range(columns):
            index = model.index(row, column, view.rootIndex())
            text, tip = str(index.data() or ""), str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            rect = view.visualRect(index)
            if not text or text in tip or rect.isEmpty() or view.indexWidget(index):
                continue
            room = QSize(view.viewport().width() if isinstance(view, QListView) else rect.width(), rect.height())
            needs = view.sizeHintForIndex(index)
            if isinstance(view, QTableView) and view.wordWrap():
                wide = view.fontMetrics().boundingRect(QRect(0, 0, room.width() - 6, 100_000), Qt.TextFlag.TextWordWrap, text)
                needs = QSize(wide.width() + 6, wide.height())
            yield from _short(room, needs, text)


# --- plots ------------------------------------------------------------------------------------------------------------


def _plot(plot: pg.PlotWidget) -> Iterator[str]:
    for name in ("left", "bottom", "right", "top"):
        axis = plot.getAxis(name)
        if not axis.isVisible():
            continue
        words = [(axis.mapRectToScene(rect), text) for rect, _, text in _ticks(axis)]
        if axis.label.isVisible() and axis.labelText:
            words.append((axis.label.mapRectToScene(axis.label.boundingRect().adjusted(4, 4, -4, -4)), axis.labelText))
        window = plot.sceneRect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
        for place, (rect, text) in enumerate(words):
            if not window.contains(rect):
                yield f"{text!r} at its {name} axis is cut"
            for other, also in words[:place]:
                if rect.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1)):
                    yield f"{text!r} and {also!r} at its {name} axis collide"


def _ticks(axis: pg.AxisItem) -> list:
    if not axis.style["showValues"]:
        return []
    painter = QPainter(picture := QPicture())
    if axis.style["tickFont"]:
        painter.setFont(axis.style["tickFont"])
    specs = axis.generateDrawSpecs(painter)
    painter.end()
    del picture
    return specs[2] if specs else []


# --- places -----------------------------------------------------------------------------------------------------------


def _squeezed(widget: QWidget) -> Iterator[str]:
    """Whoever paints words says by its smallest size how much room they need."""
    least, policy = widget.minimumSizeHint(), widget.sizePolicy()
    if widget.layout() is not None or isinstance(widget, QStackedWidget):
        return  # its parts are measured
    for room, needs, kind, side in (
        (widget.width(), least.width(), policy.horizontalPolicy(), "wide"),
        (widget.height(), least.height(), policy.verticalPolicy(), "high"),
    ):
        if kind != QSizePolicy.Policy.Ignored and needs > room + SLACK:
            yield f"is {room} pixels {side} and needs {needs}"


def _misplaced(widget: QWidget, root: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if parent is None or isinstance(parent, QStackedWidget | QAbstractItemView):
        return
    area = _scroll_area(widget)
    if area is not None:  # what is below can be scrolled to, what is beside only if there is a bar
        if area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff or not area.horizontalScrollBar().maximum():
            left = widget.mapTo(area.viewport(), QPoint(0, 0)).x()
            over = max(-left, left + widget.width() - area.viewport().width())
            if over > SLACK:
                yield f"{over} pixels of it lie beside what the scroll area shows"
    else:
        place = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
        if not root.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(place):
            yield f"lies at {place.getCoords()}, partly outside {root.width()} x {root.height()}"
    if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(widget.geometry()) and area is None:
        yield f"lies at {widget.geometry().getCoords()}, partly outside its parent's {parent.width()} x {parent.height()}"
    for other in parent.children():
        if other is widget or not isinstance(other, QWidget) or other.isWindow() or not other.isVisible():
            continue
        if widget.property("over") or other.property("over"):  # meant to lie over what is behind
            continue
        shared = widget.geometry().intersected(other.geometry())
        if parent.layout() is not None and min(shared.width(), shared.height()) > SLACK and id(other) < id(widget):
            yield f"lies over {_name(other)}"


def _scroll_area(widget: QWidget) -> QAbstractScrollArea | None:
    """The area that `widget` is scrolled in."""
    while (parent := widget.parentWidget()) is not None and not widget.isWindow():
        if isinstance(parent.parentWidget(), QScrollArea) and parent is parent.parentWidget().viewport():
            return parent.parentWidget()
        widget = parent
    return None
