"""Where the engine's own long work runs: a few threads apart from those of user functions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cadran.jobs import Job, JobBegan, JobDone, JobNews, JobWaits

NUM_WORKERS = 3
"""One more than there are histories of lines made at a time: values over long histories don't wait for those."""


class Workers:
    """Runs jobs and tells of their ends, and of those that have to wait, from any thread. Threads start with the first
    job."""

    def __init__(self, tell: Callable[[JobNews], None], num_threads: int = NUM_WORKERS) -> None:
        self._tell = tell
        self._num_threads = num_threads
        self._num_jobs = 0
        self._lock = threading.Lock()
        # Bounded by the core, which has few such jobs under way at a time.
        self._executor = ThreadPoolExecutor(num_threads, thread_name_prefix="cadran history")

    def start(self, job: Job) -> None:
        """Run a job as soon as there is room."""
        with self._lock:
            self._num_jobs += 1
            is_waiting = self._num_jobs > self._num_threads
        if is_waiting:
            self._tell(JobWaits(job))
        self._executor.submit(self._run, job, is_waiting)

    def stop(self) -> None:
        """Take no more jobs; those that run end by themselves, soon."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job, has_waited: bool) -> None:
        if has_waited:
            self._tell(JobBegan(job))
        try:
            done = JobDone(job, value=job.run())
        except BaseException as error:  # whatever it is, it is a panel's fault
            done = JobDone(job, error=error)
        with self._lock:
            self._num_jobs -= 1
        self._tell(done)
