"""The business report: the market by its scores, whom to call and why, and whether it worked."""
