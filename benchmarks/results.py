"""The files of results: one a benchmark, read back when the tables are written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Bar, Comparison

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Outcome:
    """Everything one benchmark found."""

    name: str
    title: str
    about: str
    environment: dict[str, Any]
    comparisons: list[Comparison]

    def save(self) -> None:
        """Write the results file; what follows from the times is written too, for who reads only that."""
        FOLDER.mkdir(exist_ok=True)
        content = asdict(self)
        for record, comparison in zip(content["comparisons"], self.comparisons, strict=True):
            for side in ("avila_s", "peer_s"):
                record[side] = [float(f"{seconds:.5g}") for seconds in record[side]]
            record["ratio"] = {name: round(value, 3) for name, value in comparison.ratio._asdict().items()}
            record["met"] = comparison.met
        path = FOLDER / f"{self.name}.json"
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, name: str) -> Outcome | None:
        """Read a results file; None when the benchmark was never run."""
        path = FOLDER / f"{name}.json"
        if not path.exists():
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
        comparisons = [
            Comparison(
                record["what"],
                record["peer"],
                record["avila_s"],
                record["peer_s"],
                Bar(**record["bar"]) if record["bar"] else None,
                record["note"],
            )
            for record in content["comparisons"]
        ]
        return cls(content["name"], content["title"], content["about"], content["environment"], comparisons)
