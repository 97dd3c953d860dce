"""Models in the registry over time."""
