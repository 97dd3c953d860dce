"""The rule-based model: criteria of a definition to points, factors and scores."""
