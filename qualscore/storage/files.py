"""Files for people in WAREHOUSE/reports, through Hadoop, so that a warehouse may be anywhere."""

from typing import Any, cast

from pyspark.sql import SparkSession


def write(spark: SparkSession, warehouse: str, name: str, text: str) -> str:
    """Writes or replaces WAREHOUSE/reports/NAME (UTF-8); returns its path."""
    path = f"{warehouse}/reports/{name}"
    jvm = cast(Any, spark._jvm)
    place = jvm.org.apache.hadoop.fs.Path(path)
    system = place.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    system.mkdirs(place.getParent())
    stream = system.create(place, True)
    stream.write(bytearray(text.encode()))
    stream.close()
    return path
