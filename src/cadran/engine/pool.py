"""Where user code runs: a bounded pool of threads, and a loop of its own for async functions.

The threads are daemons: a call that never returns must not keep the process from ending. A call that is past its
time-out keeps its thread, and another takes that thread's place: functions that hang do not stop the others.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast

from cadran.jobs import Job, JobBegan, JobDone, JobNews, JobWaits

log = logging.getLogger("cadran")
NUM_THREADS = 8
NUM_THREADS_MAX = 64
"""With the threads of calls that hang; past these, jobs wait until one of them ends."""
RELIEF_SECS = 0.25
"""How often to look for calls that hang while jobs wait for a thread."""


class Pool:
    """Runs jobs and tells of their ends, and of those that have to wait for a thread; from any thread, in order."""

    def __init__(
        self,
        tell: Callable[[JobNews], None],
        num_threads: int = NUM_THREADS,
        num_threads_max: int = NUM_THREADS_MAX,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._num_threads = num_threads
        self._num_threads_max = num_threads_max
        self._mono = mono
        self._waiting: deque[Job] = deque()  # bounded by the engine: one job for each source and each metric
        self._told_waiting: set[Job] = set()  # of those, the ones of which it was told that they wait
        self._late_at: dict[Job, float] = {}  # of the jobs that run in threads: when they count as hung
        self._threads: set[threading.Thread] = set()
        self._num_idle = 0
        self._is_stopping = False
        self._changed = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self._loop_thread = threading.Thread(target=self._run_loop, name="cadran async", daemon=True)
        self._loop_thread.start()

    def start(self, job: Job) -> None:
        """Run a job as soon as there is room."""
        if job.is_async:
            asyncio.run_coroutine_threadsafe(self._run_async(job), self.loop)
            return
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()
            if self.relieve():
                self._told_waiting.add(job)
                self._tell(JobWaits(job))

    def relieve(self) -> bool:
        """Start the threads that jobs wait for, as far as bounds allow; return whether jobs still wait for one."""
        if not self._waiting:
            return False
        with self._changed:
            while len(self._waiting) > self._num_idle and self._has_room():
                thread = threading.Thread(target=self._work, name="cadran worker", daemon=True)
                thread.start()
                self._threads.add(thread)
                self._num_idle += 1
            return len(self._waiting) > self._num_idle

    def stop(self, timeout_secs: float) -> None:
        """Take no more jobs; wait a little for those that run."""
        with self._changed:
            self._is_stopping = True
            threads = [*self._threads, self._loop_thread]
            self._changed.notify_all()
        self.loop.call_soon_threadsafe(self._stop_loop)
        deadline = time.monotonic() + timeout_secs
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _num_able(self) -> int:
        """The threads that do not hang."""
        now = self._mono()
        return len(self._threads) - sum(late_at < now for late_at in self._late_at.values())

    def _has_room(self) -> bool:
        return self._num_able() < self._num_threads and len(self._threads) < self._num_threads_max

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            try:
                done = JobDone(job, value=job.run())
            except BaseException as error:  # whatever user code raises is its panel's fault
                done = JobDone(job, error=error)
            with self._changed:
                del self._late_at[job]
                self._num_idle += 1
            self._tell(done)

    def _next_job(self) -> Job | None:
        """Wait for a job. None ends the thread: the pool stops, or its place was taken while it hung."""
        with self._changed:
            while not self._waiting and not self._is_stopping and self._num_able() <= self._num_threads:
                self._changed.wait()
            self._num_idle -= 1
            if self._is_stopping or self._num_able() > self._num_threads:
                self._threads.discard(threading.current_thread())
                self._changed.notify()  # another takes the job that this one may have been woken for
                return None
            job = self._waiting.popleft()
            self._late_at[job] = self._mono() + job.timeout_secs
            if job in self._told_waiting:
                self._told_waiting.remove(job)
                self._tell(JobBegan(job))
            return job

    async def _run_async(self, job: Job) -> None:
        try:
            done = JobDone(job, value=await cast(Awaitable[object], job.run()))
        except BaseException as error:
            if self._is_stopping:
                raise
            done = JobDone(job, error=error)  # a cancellation too: it is not ours
        self._tell(done)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        is_running = True
        while is_running:
            try:
                self.loop.run_forever()
                is_running = False
            except BaseException:  # sys.exit() in a task that user code began reaches us here
                log.exception("a task of an async function tried to end the program; it goes on")
        self.loop.close()

    def _stop_loop(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        # One more turn, so that cancelled tasks end before the loop does.
        self.loop.call_soon(lambda: self.loop.call_soon(self.loop.stop))
