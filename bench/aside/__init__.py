"""Questions that were decided by a measurement, each to be asked again: ``python -m bench.aside.canvases``."""
