"""Tables of many rows, encoded over several turns before their panel is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from cadran.frames.costs import Costs
from cadran.frames.encode import ROWS_AT_ONCE, table_pieces_in_portions
from cadran.frames.guarded import GuardedPieces
from cadran.frames.holding import Holding
from cadran.frames.stage import Stage
from cadran.turn import Turn


class LongTables:
    """Puts what it encodes where the builder looks for it, and on the panel's account."""

    def __init__(self, guarded: GuardedPieces, costs: Costs, turn: Turn) -> None:
        self._guarded = guarded
        self._costs = costs
        self._turn = turn

    def encode(self, stage: Stage, panel: int, holding: Holding, *, is_paused: bool = False) -> Iterator[None]:
        """Encode what is lacking of a panel's tables, where they are long; yields whenever the turn is over.

        ``is_paused``: what is there stays as it is.
        """
        cache = self._guarded.cache
        for shown in stage.tables_of[panel]:
            held = holding.held.get(shown.slot)
            is_there = held is not None and (is_paused or shown.changed_s <= held.s)
            if is_there or len(shown.table.order) <= ROWS_AT_ONCE:
                continue
            since = held.s if held is not None else 0.0
            num, secs, num_bytes = cache.num_encodings, cache.encoding_secs, cache.encoded_bytes
            encoding = table_pieces_in_portions(shown.slot, shown.table, since)
            for _ in self._guarded.make(shown, shown.changed_s, since, encoding):
                if self._turn.is_over():
                    yield
            if cache.num_encodings != num:
                account = self._costs.panel(stage.key, panel)
                self._costs.encoded(account, cache.encoding_secs - secs, cache.encoded_bytes - num_bytes)
