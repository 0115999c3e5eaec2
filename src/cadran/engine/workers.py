"""Where the engine's own long work runs: a few threads apart from those of user functions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from cadran.jobs import Job, JobDone

NUM_WORKERS = 3
"""One more than there are histories of lines made at a time: values over long histories don't wait for those."""


class Workers:
    """Runs jobs and hands their ends to ``on_done``, from any thread. Threads start with the first job."""

    def __init__(self, on_done: Callable[[JobDone], None], num_threads: int = NUM_WORKERS) -> None:
        self._on_done = on_done
        # Bounded by the core, which has few such jobs under way at a time.
        self._executor = ThreadPoolExecutor(num_threads, thread_name_prefix="cadran history")

    def start(self, job: Job) -> None:
        """Run a job as soon as there is room."""
        self._executor.submit(self._run, job)

    def stop(self) -> None:
        """Take no more jobs; those that run end by themselves, soon."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job) -> None:
        try:
            done = JobDone(job, value=job.run())
        except BaseException as error:  # whatever it is, it is a panel's fault
            done = JobDone(job, error=error)
        self._on_done(done)
