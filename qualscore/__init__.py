"""Qualscore learns from past customers which companies look like them, and scores every account."""
