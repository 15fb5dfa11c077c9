"""Bulk encoding on the CPU against sentence-transformers' own `encode`, of the same real abstracts in the same run.

Both are given both cores and batches of 32; they take turns, so that a busy machine slows both. A pass of
each warms up. A question: from a cold process to its first vector, with the light runtime.
"""

import gzip
import json
import statistics
import subprocess
import sys
import time

import numpy as np

from benchmarks.big_workspace import DATA
from library.settings import Settings

TEXTS = 48
ROUNDS = 7
COLD_RUNS = 7
_COLD = (
    "from library.settings import Settings; from library.vectors.question import QuestionEncoder; "
    "QuestionEncoder.open(Settings()).encode(['sparse attention for long documents'])"
)


def main() -> list[dict]:
    sample = DATA / "arxiv" / "dev" / "sample_1000.jsonl.gz"
    if not sample.is_file():
        print(f"  the real data is not in {DATA}: set LABTOP_SHARED_DATA")
        return []
    from library.vectors.conversion import convert
    from library.vectors.engines import open_engine
    from library.vectors.model import find_source

    converted = convert(Settings())
    texts = _texts(sample)
    engine = open_engine(converted, None, "cpu", 32, lambda text: print(f"  {text}"))
    from sentence_transformers import SentenceTransformer

    own = SentenceTransformer(str(find_source(converted.name)), device="cpu")
    # Passes of different texts: what a runtime keeps of a shape that it has seen is no merit here.
    ours_rates, own_rates, ratios, least = [], [], [], 1.0
    engine.encode(texts[:TEXTS])
    own.encode(texts[:8], show_progress_bar=False)
    for number in range(1, ROUNDS + 1):
        part = texts[number * TEXTS : (number + 1) * TEXTS]
        start = time.perf_counter()
        ours = engine.encode(part)
        middle = time.perf_counter()
        theirs = own.encode(part, batch_size=32, show_progress_bar=False)
        end = time.perf_counter()
        ours_rates.append(TEXTS / (middle - start))
        own_rates.append(TEXTS / (end - middle))
        ratios.append((end - middle) / (middle - start))
        lengths = np.linalg.norm(theirs, axis=1)
        least = min(least, float(np.min(np.sum(ours * theirs, axis=1) / lengths)))
        print(f"  round {number}: {ours_rates[-1]:.1f}/s against {own_rates[-1]:.1f}/s", flush=True)
    ratio = statistics.median(ratios)
    cold = _cold_seconds()
    return [
        {
            "name": "bulk encoding on the CPU against sentence-transformers' encode",
            "value": round(ratio, 2),
            "unit": "×",
            "budget": "≥ 1.5×",
            "ok": ratio >= 1.5,
            "note": f"{engine.runtime}: {statistics.median(ours_rates):.1f} abstracts/s, "
            f"sentence-transformers {statistics.median(own_rates):.1f}; median of {ROUNDS} turns of {TEXTS}",
        },
        {
            "name": "smallest cosine between the two",
            "value": round(least, 6),
            "unit": "",
            "budget": "≥ 0.9999",
            "ok": least >= 0.9999,
            "note": f"{ROUNDS * TEXTS} real abstracts",
        },
        {
            "name": "a question's vector, cold process",
            "value": round(cold, 2),
            "unit": "s",
            "budget": "",
            "ok": None,
            "note": f"median of {COLD_RUNS}; no torch",
        },
    ]


def _texts(path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [f"{record['title']}. {record['abstract']}" for record in records][: TEXTS * (ROUNDS + 1)]


def _cold_seconds() -> float:
    seconds = []
    for _ in range(COLD_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _COLD], check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)
