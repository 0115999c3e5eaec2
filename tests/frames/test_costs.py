"""What frames cost is noted at once, and put on the panels' accounts in good time."""

from __future__ import annotations

from cadran.frames.costs import HOLD_BOUNDS_SECS, NOTES_MAX, Costs
from cadran.timings import Histogram

NUM_STEPS = 1_000


class Watch:
    """A stopwatch that goes on by one second each time it is looked at."""

    def __init__(self) -> None:
        self.secs = 0.0

    def __call__(self) -> float:
        self.secs += 1.0
        return self.secs


def test_all_that_is_noted_is_on_the_accounts_that_are_asked_for() -> None:
    costs = Costs(Watch())
    for step in range(NUM_STEPS):
        costs.begin_step()
        costs.settled()
        for index in range(3):
            for _ in range(1 + index):
                costs.encoded(costs.panel("s", index), 0.5, 10 + step)
        costs.sent([(costs.panel("s", index), 7) for index in range(3)], 2)
        costs.end_step()
        assert len(costs._encoded) + costs._num_shares <= NOTES_MAX + 9, "notes are bounded"
    for index in range(3):
        account = costs.find("s", index)
        assert account is not None
        assert account.encoding.num == (1 + index) * NUM_STEPS
        assert account.encoding.total_secs == 0.5 * account.encoding.num
        assert account.encoded_bytes == (1 + index) * sum(range(10, 10 + NUM_STEPS))
        assert account.last_encoded_bytes == 10 + NUM_STEPS - 1
        assert (account.sending.num, account.sending.total_secs) == (NUM_STEPS, NUM_STEPS), "once a step"
        assert account.sent_bytes == 2 * 7 * NUM_STEPS


def test_what_is_not_handed_over_yet_waits_for_the_end_of_its_step() -> None:
    costs = Costs(Watch())
    costs.begin_step()
    costs.settled()
    costs.encoded(costs.panel("s", 0), 0.5, 10)
    account = costs.find("s", 0)
    assert account is not None
    assert (account.encoding.num, account.sending.num) == (0, 0)
    costs.end_step()
    assert costs.find("s", 0) is account
    assert (account.encoding.num, account.sending.num) == (1, 1)


def test_who_tells_no_ends_of_steps_is_counted_for_too() -> None:
    costs = Costs(Watch())
    for _ in range(NUM_STEPS):
        costs.settled()
        costs.encoded(costs.panel("s", 0), 0.5, 10)
    assert len(costs._encoded) <= NOTES_MAX + 1
    account = costs.find("s", 0)
    assert account is not None
    assert account.encoding.num >= NUM_STEPS - 1


def test_accounts_of_a_stage_that_is_gone_are_gone() -> None:
    costs = Costs(Watch())
    costs.begin_step()
    costs.encoded(costs.panel("s", 0), 0.5, 10)
    costs.end_step()
    costs.forget(["s"])
    assert costs.find("s", 0) is None


def test_what_of_a_hold_was_work_is_told_beside_it() -> None:
    mono, cpu = [0.0], [0.0]
    costs = Costs(lambda: mono[0], cpu_watch=lambda: cpu[0])
    for secs, cpu_secs in ((0.001, 0.001), (0.008, 0.002), (0.008, 0.006)):
        mono[0] += 60.0
        costs.begin_step()
        mono[0], cpu[0] = mono[0] + secs, cpu[0] + cpu_secs
        costs.end_step()

    def num_within(found: Histogram) -> int:
        return found.cumulative()[HOLD_BOUNDS_SECS.index(0.005)]

    assert (num_within(costs.hold), num_within(costs.hold_cpu)) == (1, 2)
    assert costs.hold.durations.num == costs.hold_cpu.durations.num == 3
