"""Account features of made-up companies as Arrow, without a session."""

from math import log1p

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema

from qualscore import contracts
from qualscore.model.encoding.inputs import LIFTED, NUMERIC
from qualscore.model.scoring.pass_model import account_columns
from tests.small_universe import AS_OF, companies


def accounts(frame: pd.DataFrame) -> pa.Table:
    """What `driver_rows.collected` gives of companies, sorted by domain."""
    described = contracts.load("features/account_features").schema
    schema = to_arrow_schema(T.StructType([described[name] for name in account_columns(list(NUMERIC), LIFTED, ["any"])]))
    rows = [
        {"domain": it.domain, "as_of_on": AS_OF, "country": it.country, "city": it.city, "industry": it.industry, "employees": it.employees,
         "firmo_size": log1p(it.employees), "firmo_employees_log": log1p(it.employees), "intent": [],
         "tech_stack": [{"product": "Kafka", "category": "Streaming"}] if it.uses_kafka else []}
        for it in frame.sort_values("domain").itertuples()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema)


def customers(frame: pd.DataFrame) -> np.ndarray:
    """Which of them are customers, in the same order: bool (rows,)."""
    is_customer: np.ndarray = frame.sort_values("domain")["is_customer"].to_numpy(bool)
    return is_customer


COMPANIES = companies()
