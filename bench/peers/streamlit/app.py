"""Streamlit's script: one fragment that runs again on a timer, with native charts and metrics."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import streamlit as st
from bench.load import Generator, Load, Update

load = Load.of_json(os.environ["BENCH_LOAD"])
st.set_page_config(page_title="Streamlit", layout="wide")


def window() -> Update:
    """Return the whole window of this session, brought up to date."""
    state = st.session_state
    if "generator" not in state:
        state.generator = Generator(load)
        state.window = state.generator.update()
    elif not load.is_idle:
        old, new, num_kept = state.window, state.generator.update(), round(load.window_secs * load.points_per_sec)
        xs = np.concatenate([old.xs, new.xs])[-num_kept:]
        ys = np.concatenate([old.ys, new.ys], axis=1)[:, -num_kept:]
        state.window = Update(new.stamp, xs, ys, new.kpis)
    return state.window


@st.fragment(run_every=1 / load.updates_per_sec)
def live() -> None:
    """Show all of it."""
    now = window()
    for i, column in enumerate(st.columns(load.num_kpis)):
        column.metric(f"KPI {i}", f"{now.kpis[i]:.1f}" if i else f"{now.kpis[i]:.0f}")
    index = pd.to_datetime(now.xs, unit="s")
    columns = st.columns(4)
    for line, ys in enumerate(now.ys):
        columns[line % 4].line_chart(pd.DataFrame({f"Line {line}": ys}, index=index), height=240)


live()
