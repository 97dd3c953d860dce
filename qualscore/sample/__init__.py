"""A synthetic universe of any size, with a known truth: what the sources deliver, and who really is a customer."""

from qualscore.sample.configuration import CONFIGURATION, write_configuration
from qualscore.sample.generation import generate
from qualscore.sample.layout import AS_OF
from qualscore.sample.quality import hidden_quality

__all__ = ["AS_OF", "CONFIGURATION", "generate", "hidden_quality", "write_configuration"]
