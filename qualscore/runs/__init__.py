"""One run of a job: from its arguments to its record."""
