"""Where user code runs: a bounded pool of threads, and a loop of its own for async functions.

The threads are daemons: a call that never returns must not keep the process from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from queue import SimpleQueue  # noqa: TID251 bounded: one job at most for each source and each metric
from typing import cast

from cadran.jobs import Job, JobDone

NUM_THREADS = 8


class Pool:
    """Runs jobs and hands their ends to ``on_done``, which may be called from any thread.

    What waits is bounded by the engine: one job at most for each source and each metric.
    """

    def __init__(self, on_done: Callable[[JobDone], None], num_threads: int = NUM_THREADS) -> None:
        self._on_done = on_done
        self._num_threads = num_threads
        self._waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._num_idle = 0
        self._lock = threading.Lock()
        self.loop = asyncio.new_event_loop()
        self._loop_thread = threading.Thread(target=self._run_loop, name="cadran async", daemon=True)
        self._loop_thread.start()

    def start(self, job: Job) -> None:
        """Run a job as soon as there is room."""
        if job.is_async:
            asyncio.run_coroutine_threadsafe(self._run_async(job), self.loop)
            return
        with self._lock:
            if not self._num_idle and len(self._threads) < self._num_threads:
                name = f"cadran worker {len(self._threads) + 1}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._waiting.put(job)

    def stop(self, timeout_secs: float) -> None:
        """Take no more jobs; wait a little for those that run."""
        for _ in self._threads:
            self._waiting.put(None)
        self.loop.call_soon_threadsafe(self._stop_loop)
        share = timeout_secs / (len(self._threads) + 1)
        for thread in (*self._threads, self._loop_thread):
            thread.join(share)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._num_idle += 1
            job = self._waiting.get()
            with self._lock:
                self._num_idle -= 1
            if job is None:
                return
            try:
                done = JobDone(job, value=job.run())
            except BaseException as error:  # whatever user code raises is its panel's fault
                done = JobDone(job, error=error)
            self._on_done(done)

    async def _run_async(self, job: Job) -> None:
        try:
            done = JobDone(job, value=await cast(Awaitable[object], job.run()))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            done = JobDone(job, error=error)
        self._on_done(done)

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    def _stop_loop(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        # One more turn, so that cancelled tasks end before the loop does.
        self.loop.call_soon(lambda: self.loop.call_soon(self.loop.stop))
