"""Describing a screen: its panels, what they need, and how it all looks. No data is read here."""
