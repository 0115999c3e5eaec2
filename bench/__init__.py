"""Measurements, with their conditions and beside their floors: ``python -m bench [sends,age,viewers,idle]``.

A workload is one file in ``workloads/``, a contender one file in ``contenders/`` (other projects: ``peers/``).
"""
