"""Tasks with contracts: frames of animals and their speeds, good ones and others."""

from __future__ import annotations

import time
from typing import Any, Literal, cast

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    Column,
    DataFrame,
    InputFile,
    JsonSerializableDataFrameModel,
    Series,
)
from ecoscope_workflows.decorators import distributed


class Speeds(JsonSerializableDataFrameModel):
    """How fast each animal went."""

    animal: Series[str]
    speed_kmhr: Series[float] = Column(ge=0)


@distributed
def any_speeds(fault: Literal["", "column", "dtype", "null", "range", "empty"] = "") -> AnyDataFrame:
    """Make ten rows of speeds, with a fault where one is asked for."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    frame = pd.DataFrame({"animal": list("abcdefghij"), "speed_kmhr": [0.0, *map(float, range(1, 10))]})
    match fault:
        case "column":
            return frame.drop(columns="speed_kmhr")
        case "dtype":
            return frame.assign(speed_kmhr="fast")
        case "null":
            return frame.assign(animal=frame["animal"].where(frame.index > 1))
        case "range":
            return frame.assign(speed_kmhr=frame["speed_kmhr"] - 8.0)
        case "empty":
            return frame.iloc[:0]
    return frame


@distributed
def read_frame(path: InputFile) -> AnyDataFrame:
    """Read a Parquet file."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    return pd.read_parquet(path)


@distributed
def fastest(speeds: DataFrame[Speeds]) -> str:
    """Return the fastest animal."""
    return str(speeds["animal"].iloc[speeds["speed_kmhr"].argmax()])


@distributed
def broken_speeds() -> DataFrame[Speeds]:
    """Return what breaks the promise of the return type."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    promised: Any = pd.DataFrame({"animal": ["a", "b"], "speed_kmhr": [-1.0, 2.0]})
    return cast("DataFrame[Speeds]", promised)


@distributed
def large_frame(seed: int, rows: int, seconds: float) -> AnyDataFrame:
    """Take some time and return many rows, the same for each seed."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    time.sleep(seconds)
    return pd.DataFrame({"number": [seed * number % 1_000_003 for number in range(rows)]})


@distributed
def odd_frame() -> AnyDataFrame:
    """Return a frame that is not what it is once it has been a file."""
    import pandas as pd  # noqa: PLC0415  # heavy imports belong inside the task

    frame = pd.DataFrame({"word": pd.Series(["a", None], dtype=object), "list": [(1,), [2, 3]]})
    frame.attrs["note"] = "not stored"
    return frame


@distributed
def spoil(frame: AnyDataFrame) -> str:
    """Describe a frame to the last detail, and break the rule that a task leaves its input alone."""
    described = f"{frame.attrs} {dict(frame.dtypes)} {frame.to_dict('records')}"
    frame["word"] = "spoilt"
    return described
