"""A model's inputs: which columns, their log-lifts, and the draws of folds and samples."""
