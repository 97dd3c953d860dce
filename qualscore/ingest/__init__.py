"""Delivered rows and a contract to clean rows, and to refused ones with their reasons: the same for all sources.

Beside the columns of contracts, rows between modules have these, which begin with an underscore:

| column | holds | from |
|---|---|---|
| `_file`, `_line` | the file as delivered; the record's number in it, the header being 1 | deliveries |
| `_surplus` | the whole record where it cannot be read as cells, else null | deliveries |
| `_column_N` | the cell of the Nth column, which has no header | deliveries |
| `_native_PLACE` | the value of a column that has a type, by its place among the delivered ones | deliveries |
| `_named_COLUMN` | what the file's name gives for a column of the contract | deliveries |
| `_kept` | whether `where` keeps the row, and it is no footer | delivery |
| `_cells` | the delivered cells by their headers, and `_record`, the surplus | delivery |
| `_raw_COLUMN`, `_text_COLUMN` | the cell of a column of the contract as delivered; as text without noise | conformance |
| `_foreign_COLUMN` | why an amount of another currency is not converted | cleaners |
| `_reasons`, `_notes` | why the row is refused; what is told of a row that is kept: (column, value, reason) each | conformance |
| `_problem` | why the row has no usable domain | conformance |
| `_row`, `_account_key` | a refused row as JSON; what names its account in lists | conformance |
| `_rank` | the place of the row's source in the configuration; below 0 of stored rows | outcome |
| `_state` | clean, superseded, rejected, filtered; deleted, kept or buried of the CRM's | outcome |
| `_cell_PLACE` | the text of a delivered cell, by its place | bulk.sifting |
| `_file_hash`, `_hash` | 64 bits for the file's name; for the key, of a row that fits | bulk.sifting |
| `_is_doubtful`, `_fits` | whether a value may be refused or noted; whether all are looked up and none may | bulk |

Further ones are dropped where they are made.
"""

from qualscore.ingest.bulk.table import Staging, large_table, staging
from qualscore.ingest.changes import Stored, changed_table
from qualscore.ingest.conformance import conform_source
from qualscore.ingest.delivery import Delivery
from qualscore.ingest.links import free_mail_companies
from qualscore.ingest.outcome import Counted, Ingested, as_deleted, judge, table
from qualscore.ingest.refusals import refusal_lines, refusals
from qualscore.ingest.row_rules import Rules
from qualscore.ingest.summary import DeliverySummary, news

__all__ = [
    "Counted",
    "Delivery",
    "DeliverySummary",
    "Ingested",
    "Rules",
    "Staging",
    "Stored",
    "as_deleted",
    "changed_table",
    "conform_source",
    "free_mail_companies",
    "judge",
    "large_table",
    "news",
    "refusal_lines",
    "refusals",
    "staging",
    "table",
]
