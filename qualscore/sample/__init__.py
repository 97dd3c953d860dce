"""A synthetic universe of any size, with a known truth: what the sources deliver, and who really is a customer."""

from qualscore.sample.configuration import write_configuration
from qualscore.sample.generation import generate
from qualscore.sample.layout import AS_OF
from qualscore.sample.quality import hidden_quality

__all__ = ["AS_OF", "generate", "hidden_quality", "write_configuration"]
