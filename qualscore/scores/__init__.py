"""Published tables of scores, one module each."""
