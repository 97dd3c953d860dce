"""What is measured of a fitted model, and what to doubt in it."""
