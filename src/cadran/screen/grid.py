"""Where panels stand: sections, and in them rows of columns."""

from __future__ import annotations

from types import TracebackType

from cadran.errors import UsageError
from cadran.screen.layout import Row, Section
from cadran.screen.places import place_of_call

COLUMNS_MAX = 24


class Grid:
    """Collects panels into rows and rows into sections, in the order in which they are described."""

    def __init__(self) -> None:
        self._sections: list[tuple[str | None, list[Row]]] = [(None, [])]
        self._columns: int | None = None
        self._side_by_side: list[int] = []
        self._unused: dict[ColumnsBlock, str] = {}

    def place(self, panel: int) -> None:
        """Put a panel beside the others of an open ``columns``, else in a row of its own."""
        if self._columns is not None:
            self._side_by_side.append(panel)
        else:
            self._sections[-1][1].append(Row(columns=1, panels=(panel,)))

    def columns(self, count: int) -> ColumnsBlock:
        """Return a block of columns, which is to be opened by ``with``."""
        block = ColumnsBlock(self, count)
        self._unused[block] = f"columns({count}) at {place_of_call()}"
        return block

    def check(self) -> None:
        """Raise ``UsageError`` for columns that no ``with`` opened."""
        said = next(iter(self._unused.values()), None)
        if said is not None:
            raise UsageError(f"{said} does nothing by itself: write `with ui.columns(…):` above its panels, indented")

    def open_columns(self, block: ColumnsBlock, count: int) -> None:
        if self._columns is not None:
            raise UsageError("columns() cannot stand inside another columns()")
        self._columns = count
        self._unused.pop(block, None)

    def close_columns(self) -> None:
        if self._columns is not None and self._side_by_side:
            self._sections[-1][1].append(Row(columns=self._columns, panels=tuple(self._side_by_side)))
        self._columns, self._side_by_side = None, []

    def start_section(self, title: str | None) -> None:
        if self._columns is not None:
            raise UsageError(f"section({title!r}) cannot stand inside columns(): put columns() inside the section")
        self._sections.append((title, []))

    def sections(self) -> tuple[Section, ...]:
        """Return what was collected; sections without panels are left out."""
        return tuple(Section(title=title, rows=tuple(rows)) for title, rows in self._sections if rows)


class ColumnsBlock:
    """What ``with ui.columns(n):`` opens and closes."""

    def __init__(self, grid: Grid, count: int) -> None:
        self._grid = grid
        self._count = count

    def __enter__(self) -> None:
        self._grid.open_columns(self, self._count)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._grid.close_columns()


class SectionBlock:
    """What ``ui.section()`` returns: the section has begun; as a ``with`` block it also ends."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._grid.start_section(None)
