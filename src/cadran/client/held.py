"""What a server has of us that one which begins anew must be given: the newest KPIs, tables and curves."""

from __future__ import annotations

from collections import OrderedDict

from cadran.client.items import Item, KpiItem, TableItem

HELD_ITEMS_MAX = 100_000
HELD_BYTES_MAX = 16 * 1024 * 1024


class Held:
    """The newest whole states that the server has, for one that begins anew. Bounded; the oldest goes first."""

    def __init__(self) -> None:
        self._items: OrderedDict[tuple[str, str], Item] = OrderedDict()
        self._num_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._items)

    def keep(self, item: Item) -> None:
        """Remember a state; points that are added to others are none."""
        name = name_of(item)
        if name is None:
            return
        self._forget(name)
        item.is_again = False
        self._items[name] = item
        self._num_bytes += item.num_bytes
        while len(self._items) > HELD_ITEMS_MAX or self._num_bytes > HELD_BYTES_MAX:
            self._forget(next(iter(self._items)))

    def _forget(self, name: tuple[str, str]) -> None:
        old = self._items.pop(name, None)
        if old is not None:
            self._num_bytes -= old.num_bytes

    def items(self) -> dict[tuple[str, str], Item]:
        return dict(self._items)


def name_of(item: Item) -> tuple[str, str] | None:
    """What a whole state is the state of; None for points that are added to others."""
    if isinstance(item, KpiItem):
        return "kpi", item.key
    if isinstance(item, TableItem):
        return "table", item.table
    return ("curve", item.series) if item.x == "free" else None
