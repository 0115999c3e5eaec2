"""The pages of the floor, and what answers for a history."""
