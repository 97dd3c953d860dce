"""Scores for BI: the schema `bi`, flat and commented, a view or a table for each contract `bi/...`.

What a view selects is written once (`selects`), in SQL that Spark, DuckDB and DataFusion take; `views` makes views of Spark of it,
`duckdb_script` those of DuckDB. Tables are of what is small, or what such SQL cannot say (`dimensions`, `facts`).
"""
