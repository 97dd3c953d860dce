"""Where things are kept: tables, locks, files and places."""
