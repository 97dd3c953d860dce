"""Accounts: united from clean tables, labelled, and matched with what definitions name."""
