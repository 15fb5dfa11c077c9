"""The child process that encodes: `python -I -m library.vectors.bulk_child`.

In: O, the order (model, source, device, batch_size); then T, lists of texts; then Q.
Out: N, a notice; R, ready (device, runtime); V, for each T its vectors as float16, in the same order; E, why it ended.
Only the parent writes SQLite; this process can be killed at any moment.
"""

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from library.errors import LabtopError
from library.vectors.child import Parent
from library.vectors.devices import choose
from library.vectors.engines import open_engine
from library.vectors.model import ConvertedModel


def main() -> None:
    """Open the engine, encode what comes, end when told or when the parent is gone."""
    parent = Parent()
    warnings.simplefilter("ignore")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    _, order = parent.receive()
    try:
        _work(parent, order)
    except LabtopError as error:
        parent.send(b"E", {"message": error.message, "mend": error.mend})
    except Exception as error:
        parent.send(b"E", {"message": f"Encoding failed: {type(error).__name__}: {error}.", "mend": ""})


def _work(parent: Parent, order: dict[str, Any]) -> None:
    def notice(text: str) -> None:
        parent.send(b"N", text)

    device, why = choose(order["device"])
    if why:
        notice(why)
    fields = {**order["model"], "folder": Path(order["model"]["folder"]), "inputs": tuple(order["model"]["inputs"])}
    engine = open_engine(ConvertedModel(**fields), order["source"], device, order["batch_size"], notice)
    engine.encode(["warm up"])
    parent.send(b"R", {"device": engine.device, "runtime": engine.runtime})
    while True:
        kind, texts = parent.receive()
        if kind != b"T":
            return
        parent.send(b"V", np.ascontiguousarray(engine.encode(texts), dtype="<f2").tobytes())


if __name__ == "__main__":
    main()
