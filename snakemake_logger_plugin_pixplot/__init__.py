"""Logger plugin of Snakemake: tells `pixplot` what happens, one JSON object a line.

Snakemake finds it by its name: `snakemake --logger pixplot --logger-pixplot-events FILE`. Its own text stays as it is. What is not told
here `pixplot` reads from the work folder, so that a watcher never depends on more than these few keys.
"""

# Snakemake reads the types of the settings, so annotations are no texts here.
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import LogRecord
from pathlib import Path
from typing import Any, TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """Where the events go."""

    events: str = field(default="", metadata={"help": "File or pipe that one JSON object a line is written to"})


def _job(record: LogRecord) -> dict[str, Any]:
    values = record.__dict__
    wildcards = values.get("wildcards") or {}
    return {
        "event": "job",
        "id": values["jobid"],
        "rule": values["rule_name"],
        "log": [str(path) for path in values["log"]],
        "shard": str(dict(wildcards).get("shard", "")),
    }


_TOLD: Mapping[str, Callable[[LogRecord], dict[str, Any]]] = {
    "job_info": _job,
    "job_finished": lambda record: {"event": "finished", "id": record.__dict__["job_id"]},
    "job_error": lambda record: {
        "event": "failed",
        "id": record.__dict__["jobid"],
        "rule": record.__dict__["rule_name"],
        "log": [str(path) for path in record.__dict__["log"]],
    },
    "run_info": lambda record: {"event": "planned", "jobs": dict(record.__dict__["stats"])},
    "error": lambda record: {"event": "error", "message": record.getMessage()},
}


class LogHandler(LogHandlerBase):
    """Writes the events of the table above; all others are left to Snakemake's own text."""

    _stream: TextIO | None = None

    def __post_init__(self) -> None:
        """Open the file or pipe; without one nothing is told."""
        path = getattr(self.settings, "events", "")
        # Snakemake asks a handler that writes to a file for its name.
        self.baseFilename = path or os.devnull
        self._stream = Path(path).open("w", encoding="utf-8") if path else None  # noqa: SIM115 - open as long as the run

    def emit(self, record: LogRecord) -> None:
        """Tell one event. A watcher that is gone costs the run nothing."""
        tell = _TOLD.get(str(getattr(record, "event", None)))
        if tell is None or self._stream is None:
            return
        try:
            self._stream.write(json.dumps(tell(record)) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None

    @property
    def writes_to_stream(self) -> bool:
        """Snakemake goes on writing its own text."""
        return False

    @property
    def writes_to_file(self) -> bool:
        """Events go to the file or pipe of the settings."""
        return True

    @property
    def has_filter(self) -> bool:
        """The table above is the filter."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Records become JSON here."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """No graph of rules is told."""
        return False
