"""The type of numpy arrays, whose shapes docstrings give."""

from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
