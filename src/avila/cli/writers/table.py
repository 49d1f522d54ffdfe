"""A table with lines around it, for files that people read."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from avila.show import output_console, print_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from avila.result import Result


def write_table(result: Result, stream: IO[bytes], wrote: Callable[[int], None]) -> None:
    """Write every row as a table; its widths follow from all rows, so they are held in memory."""
    text = io.StringIO()
    print_table(result, 0, console=output_console(text))
    stream.write(text.getvalue().encode())
    wrote(result.counted)
