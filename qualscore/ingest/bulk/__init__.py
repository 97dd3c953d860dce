"""Large deliveries: rows judged in Arrow columns, with the same results as those judged one table at a time."""
