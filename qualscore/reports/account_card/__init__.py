"""The card of one account: everything that the tables say of it, for a person."""
