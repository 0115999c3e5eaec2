"""Settings: a flag, then ``CADRAN_SECTION_KEY``, then ``cadran.toml``, then the default."""

from cadran.settings.read import FILE_NAME, read_settings
from cadran.settings.table import LogSettings, PageSettings, ServerSettings, Settings

__all__ = ["FILE_NAME", "LogSettings", "PageSettings", "ServerSettings", "Settings", "read_settings"]
