"""Score definitions: which accounts are examples, and how a score is read."""
