"""How near two words are."""

import os


def is_one_edit(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed or swapped with its neighbour makes one word the other.

    >>> [is_one_edit("technolgy", "technology"), is_one_edit("sotfware", "software"), is_one_edit("retail", "metal")]
    [True, True, False]
    """
    if abs(len(one) - len(other)) > 1:
        return False
    start = len(os.path.commonprefix([one, other]))
    rest, others = one[start:], other[start:]
    if len(one) != len(other):
        return rest[1:] == others or rest == others[1:]
    return rest[1:] == others[1:] or (rest[1:2] + rest[:1] + rest[2:]) == others
