"""A layout that breaks its lines where the width ends, as words do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget

_TAKES_ALL = QSizePolicy.PolicyFlag.ExpandFlag.value | QSizePolicy.PolicyFlag.IgnoreFlag.value


@dataclass(frozen=True)
class _Line:
    items: list[QLayoutItem]
    widths: list[int]
    height: int


class Flow(QLayout):
    """Items stand beside each other while the widths that they prefer fit, then below; one that is wider gets the whole width.

    What is left of a line is shared by those that expand, after their stretch factors. What can grow is as high as its line,
    all else stands in the middle of it. A `Flow` within another one goes to the next line as a whole before it breaks.
    """

    def __init__(self, *parts: QWidget | QLayout, spacing: int = 10, line_spacing: int | None = None) -> None:
        """Pixels between items, and between lines (the same, if it is not given)."""
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width, as long as nothing changes: Qt asks again and again
        self._hint: QSize | None = None
        self._gap, self._line_gap = spacing, spacing if line_spacing is None else line_spacing
        self.setContentsMargins(0, 0, 0, 0)
        for part in parts:
            self.add(part)

    def add(self, part: QWidget | QLayout) -> None:
        """One more at the end."""
        if isinstance(part, QWidget):
            self.addWidget(part)
        else:
            self.addChildLayout(part)
            self.addItem(part)

    def add_stretch(self) -> None:
        """What follows stands at the end of its line."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum))

    # --- what Qt asks of a layout -------------------------------------------------------------------------------------

    def invalidate(self) -> None:
        self._heights.clear()
        self._hint = None
        super().invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        self.invalidate()
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal if any(map(_expands, self._shown())) else Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            margins = self.contentsMargins()
            lines = self._lines(width - margins.left() - margins.right())
            self._heights[width] = margins.top() + margins.bottom() + self._height(lines)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Everything on one line."""
        if self._hint is None:
            self._hint = self._within_margins([item.sizeHint() for item in self._shown()], in_line=True)
        return self._hint

    def minimumSize(self) -> QSize:
        """Everything below each other; how high that is depends on the width."""
        return self._within_margins([item.minimumSize() for item in self._shown()], in_line=False)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        inside = area.marginsRemoved(self.contentsMargins())
        lines = self._lines(inside.width())
        top, spare = inside.top(), max(0, inside.height() - self._height(lines))
        for place, line in enumerate(lines):
            height = line.height + (spare if place == len(lines) - 1 else 0)  # of a layout that was given more than it needs
            left = inside.left()
            for item, width in zip(line.items, line.widths, strict=True):
                tall = height if _grows(item) else min(height, _height(item, width))
                item.setGeometry(QRect(QPoint(left, top + (height - tall) // 2), QSize(width, tall)))
                left += width + (0 if item.spacerItem() else self._gap)
            top += height + self._line_gap

    # --- inside -------------------------------------------------------------------------------------------------------

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if item.spacerItem() or not item.isEmpty()]

    def _lines(self, room: int) -> list[_Line]:
        lines: list[_Line] = []
        items: list[QLayoutItem] = []
        used = 0
        for item in self._shown():
            wanted = min(room, item.sizeHint().width())
            if items and used + wanted > room and not item.spacerItem():
                lines.append(self._line(items, room))
                items, used = [], 0
            items.append(item)
            used += 0 if item.spacerItem() else wanted + self._gap
        return [*lines, self._line(items, room)] if items else lines

    def _line(self, items: list[QLayoutItem], room: int) -> _Line:
        widths = [0 if item.spacerItem() else min(room, item.sizeHint().width()) for item in items]
        gaps = self._gap * (sum(not item.spacerItem() for item in items) - 1)
        shares = [_share(item) for item in items]
        spare, shared = room - sum(widths) - gaps, sum(shares)
        for place, share in enumerate(shares):
            if share and spare > 0:
                given = spare * share // shared
                widths[place] += given
                spare, shared = spare - given, shared - share
        return _Line(items, widths, max(_height(item, width) for item, width in zip(items, widths, strict=True)))

    def _height(self, lines: list[_Line]) -> int:
        return sum(line.height for line in lines) + self._line_gap * max(0, len(lines) - 1)

    def _within_margins(self, sizes: list[QSize], in_line: bool) -> QSize:
        margins = self.contentsMargins()
        widths = [size.width() for size in sizes]
        gaps = self._gap * max(0, sum(not item.spacerItem() for item in self._shown()) - 1)
        width = sum(widths) + gaps if in_line else max(widths, default=0)
        height = max((size.height() for size in sizes), default=0)
        return QSize(width + margins.left() + margins.right(), height + margins.top() + margins.bottom())


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    return widget is None or bool(widget.sizePolicy().verticalPolicy().value & QSizePolicy.PolicyFlag.GrowFlag.value)


def _expands(item: QLayoutItem) -> bool:
    widget, layout = item.widget(), item.layout()
    if widget is not None:
        return bool(widget.sizePolicy().horizontalPolicy().value & _TAKES_ALL)
    items = (layout.itemAt(place) for place in range(layout.count())) if layout is not None else ()
    return layout is None or any(_expands(inside) for inside in items if inside is not None)


def _share(item: QLayoutItem) -> int:
    """Of what is left of a line."""
    if not _expands(item):
        return 0
    widget = item.widget()
    return max(1, widget.sizePolicy().horizontalStretch()) if widget is not None else 1
