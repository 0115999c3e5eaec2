"""Composes the rooms into something that lives; owns no logic of theirs."""

from cadran.engine.engine import Engine, Outlet
from cadran.engine.messages import Close
from cadran.engine.report import PanelReport, ScreenReport
from cadran.engine.statistics import EngineStatistics

__all__ = ["Close", "Engine", "EngineStatistics", "Outlet", "PanelReport", "ScreenReport"]
