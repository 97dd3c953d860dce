"""The ways a run can fail. Each is one message for a person, and has its exit code."""

from collections.abc import Mapping


class QualscoreError(Exception):
    """A failure that a person can act on; anything unforeseen ends with the same code."""

    exit_code = 1


class RegistryUnavailable(QualscoreError):
    """The model registry does not answer; nobody knows whether there is a model."""


class TargetFailed(QualscoreError):
    """A target of `publish` does not answer, or refuses what no other row would change."""


class ConfigurationError(QualscoreError):
    """Settings, arguments, a definition, a missing file or a warehouse that cannot be written."""

    exit_code = 2


class DataError(QualscoreError):
    """A delivery that does not fit its contract: a wrong or missing column, too many rejects."""

    exit_code = 3


class TrainingRefused(QualscoreError):
    """There is nothing honest to learn: too few customers, no unlabelled accounts, no signal, a give-away.

    Attributes:
        counts: accounts by name, where these are too few: for who can say which selector finds how many; else empty.
    """

    exit_code = 4

    def __init__(self, message: str, *, counts: Mapping[str, int] | None = None) -> None:
        """Takes the sentence for a person."""
        super().__init__(message)
        self.counts = dict(counts or {})


class GateMissed(QualscoreError):
    """A model may not take the champion's place."""

    exit_code = 6


class Locked(QualscoreError):
    """Another run holds the lock."""

    exit_code = 5


class RetrainingDue(QualscoreError):
    """A model has aged, or what it describes has: said to whoever asked."""

    exit_code = 7


class ChangesNotAccepted(QualscoreError):
    """More scores would change than may without being asked for."""

    exit_code = 9


class NotReproduced(QualscoreError):
    """Scores are not what the same model makes of the same tables."""

    exit_code = 8
