"""What to doubt in a warehouse: measures of its tables, and the faults that they show."""
