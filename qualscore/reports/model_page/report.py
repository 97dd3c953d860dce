"""What the page of a model is made from: the content of metrics.json."""

from collections.abc import Mapping
from typing import Any

Report = Mapping[str, Any]
"""Numbers, texts, lists and maps by name; whatever is absent is not shown."""
