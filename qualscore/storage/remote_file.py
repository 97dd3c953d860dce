"""A file of Hadoop's file systems as a stream of Python, any place of which can be sought."""

import io
from typing import Any

from pyspark.sql import SparkSession

from qualscore.internals import hadoop_configuration, java
from qualscore.paths import of_spark


class RemoteFile(io.RawIOBase):
    """A file of Hadoop's file systems. Python gets it through the session's JVM, a block at a time."""

    def __init__(self, session: SparkSession, file: str) -> None:
        """Opens the file."""
        self._java = java(session)
        place = self._java.org.apache.hadoop.fs.Path(of_spark(file))
        system = place.getFileSystem(hadoop_configuration(session))
        self._size, self._place, self._stream = int(system.getFileStatus(place).getLen()), 0, system.open(place)

    def readable(self) -> bool:
        """Whether the file can be read: yes."""
        return True

    def seekable(self) -> bool:
        """Whether any place of the file can be sought: yes."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place."""
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Reads on, into a buffer."""
        wanted = min(len(buffer), self._size - self._place)
        if wanted <= 0:
            return 0
        self._stream.seek(self._place)
        bounded = self._java.org.apache.commons.io.input.BoundedInputStream(self._stream, wanted)
        content = bytes(self._java.org.apache.commons.io.IOUtils.toByteArray(bounded))
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def close(self) -> None:
        """Closes Hadoop's stream, too."""
        if not self.closed:
            self._stream.close()
        super().close()
