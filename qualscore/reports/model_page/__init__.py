"""The page of a model: what it knows, and how far to believe it."""
