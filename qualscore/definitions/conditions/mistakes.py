"""What is wrong with a condition, and where."""


class Mistake(ValueError):
    """One thing that is wrong.

    Attributes:
        at: place of the first character that it is about; the first of the condition is 0.
        sentence: what is wrong, and what to do.
    """

    def __init__(self, at: int, sentence: str) -> None:
        """Takes place and sentence."""
        super().__init__(f"character {at + 1}: {sentence}")
        self.at, self.sentence = at, sentence
