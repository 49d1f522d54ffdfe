"""Still plots of results: lines, points, bars and histograms (the extra ``avila[plot]``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from avila import cells, errors
from avila.planner.suggest import suggest
from avila.plot_points import as_numbers, as_positions, envelope, sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from avila.kernel.base import Column
    from avila.result import Result

SUFFIXES = (".png", ".svg", ".pdf")
POINTS_MAX = 100_000
BARS_MAX = 200
SIZE_INCHES = (8.0, 4.5)
MARGIN_INCHES = 0.12
DOTS_PER_INCH = 160
COLOURS = ("#2f6f9f", "#d9822b", "#4a9a6a", "#b4474b", "#7a63a8", "#8a7a4d", "#3fa3a3", "#8c8c8c")
INK, GRID = "#30343b", "#d9dce1"

_STYLE = {
    "axes.edgecolor": INK, "axes.labelcolor": INK, "axes.titlesize": 13, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.titlepad": 12, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.7, "xtick.color": INK,
    "ytick.color": INK, "text.color": INK, "font.size": 10, "legend.frameon": False, "svg.hashsalt": "avila",
}  # fmt: skip


def plot(
    result: Result,
    path: str | Path,
    *,
    kind: str = "line",
    x: str | None = None,
    y: str | Sequence[str] | None = None,
    title: str | None = None,
) -> Path:
    """Draw a result to a file and return its path.

    ``kind`` is line, scatter, bar or histogram. ``x`` is the first column unless given, ``y`` every other
    numeric one (a histogram has no ``x`` and shows the first numeric column). Above 100,000 points a line is
    drawn by the least and greatest value of each stretch, which looks the same, and points by an even random
    sample; the plot says so.

    Raises InvalidParameterValue for an unknown kind or file ending, UndefinedColumn for a column the result
    has not, DatatypeMismatch for a y that is not numeric, MissingDependency without matplotlib.
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise errors.InvalidParameterValue(
            f"a plot is not written to {target.name}", hint=f"Give a name that ends in {', '.join(SUFFIXES)}."
        )
    if kind not in _KINDS:
        raise errors.InvalidParameterValue(
            f"there is no kind of plot named {kind}",
            hint=suggest(kind, _KINDS) or f"The kinds are {', '.join(_KINDS)}.",
        )
    rc_context, figure_class = _matplotlib()
    across, up = _chosen(result.columns, kind, x, y)
    table = result.to_arrow()
    if table.num_rows == 0:
        raise errors.InvalidParameterValue("there are no rows to plot")
    with rc_context(_STYLE):
        figure = figure_class(figsize=SIZE_INCHES, layout="constrained")
        figure.get_layout_engine().set(w_pad=MARGIN_INCHES, h_pad=MARGIN_INCHES)
        axes = figure.subplots()
        axes.set_prop_cycle(color=COLOURS)
        note = _KINDS[kind](axes, table, across, up)
        if title:
            axes.set_title(title)
        if note:
            figure.text(0.995, 0.005, note, ha="right", va="bottom", fontsize=7, alpha=0.6)
        try:
            figure.savefig(target, dpi=DOTS_PER_INCH)
        except OSError as error:
            raise errors.IoError(f"cannot write {target}: {error.strerror}") from error
    return target


def _line(axes: Any, table: pa.Table, x: str | None, ys: Sequence[str]) -> str | None:
    note = None
    for name in ys:
        across, up = _points(axes, table, x, name)
        if len(up) > POINTS_MAX:
            note = f"{len(up):,} points, drawn by their envelope"
            across, up = envelope(across, up, POINTS_MAX)
        axes.plot(across, up, linewidth=1.4, label=name)
    _label(axes, x, ys)
    axes.margins(x=0.01)
    return note


def _scatter(axes: Any, table: pa.Table, x: str | None, ys: Sequence[str]) -> str | None:
    note = None
    for name in ys:
        across, up = _points(axes, table, x, name)
        if len(up) > POINTS_MAX:
            note = f"{POINTS_MAX:,} of {len(up):,} points, chosen at random"
            across, up = sample(across, up, POINTS_MAX)
        crowded = len(up) > 2_000
        axes.scatter(
            across, up, s=4 if crowded else 18, alpha=0.25 if crowded else 0.8, linewidths=0, label=name
        )
    _label(axes, x, ys)
    return note


def _bar(axes: Any, table: pa.Table, x: str | None, ys: Sequence[str]) -> str | None:
    if table.num_rows > BARS_MAX:
        raise errors.InvalidParameterValue(
            f"{table.num_rows:,} bars are more than a plot can show",
            hint=f"Aggregate, or LIMIT the rows to {BARS_MAX}.",
        )
    labels = (
        [str(n) for n in range(1, table.num_rows + 1)]
        if x is None
        else [cells.text(v) for v in table[x].to_pylist()]
    )
    width = 0.8 / len(ys)
    for number, name in enumerate(ys):
        places = [place + (number - (len(ys) - 1) / 2) * width for place in range(len(labels))]
        axes.bar(places, as_numbers(table[name]), width=width, label=name)
    slanted = sum(map(len, labels)) > 80
    axes.set_xticks(
        range(len(labels)), labels, rotation=45 if slanted else 0, ha="right" if slanted else "center"
    )
    axes.grid(visible=False, axis="x")
    _label(axes, x, ys)
    return None


def _histogram(axes: Any, table: pa.Table, x: str | None, ys: Sequence[str]) -> str | None:  # noqa: ARG001
    import numpy as np

    for name in ys:
        numbers = as_numbers(table[name])
        finite = numbers[np.isfinite(numbers)]
        if not len(finite):
            raise errors.InvalidParameterValue(f"column {name} has no numbers to count")
        bins = min(100, max(1, len(np.histogram_bin_edges(finite[:POINTS_MAX], "auto")) - 1))
        counts, edges = np.histogram(finite, bins=bins)
        axes.stairs(counts, edges, fill=True, alpha=1.0 if len(ys) == 1 else 0.55, label=name)
    _label(axes, None, ys)
    axes.set_xlabel(ys[0] if len(ys) == 1 else "value")
    axes.set_ylabel("rows")
    return None


_KINDS: dict[str, Callable[[Any, Any, str | None, Sequence[str]], str | None]] = {
    "line": _line, "scatter": _scatter, "bar": _bar, "histogram": _histogram,
}  # fmt: skip


def _points(axes: Any, table: pa.Table, x: str | None, y: str) -> tuple[Any, Any]:
    import numpy as np

    up = as_numbers(table[y])
    if x is None:
        return np.arange(1, len(up) + 1), up
    across, labels = as_positions(table[x])
    if labels is not None:
        axes.set_xticks(range(len(labels)), labels) if len(labels) <= 30 else axes.set_xticks([])
    return across, up


def _label(axes: Any, x: str | None, ys: Sequence[str]) -> None:
    axes.set_xlabel(x or "row")
    if len(ys) == 1:
        axes.set_ylabel(ys[0])
    else:
        axes.legend()


def _chosen(
    columns: Sequence[Column], kind: str, x: str | None, y: str | Sequence[str] | None
) -> tuple[str | None, list[str]]:
    """Return the columns to draw; errors name those that do not exist or cannot be drawn."""
    types = {column.name: column.type for column in columns}
    if not types:
        raise errors.InvalidParameterValue("the statement answered no columns to plot")
    wanted = [] if y is None else [y] if isinstance(y, str) else list(y)
    for name in [*([x] if x is not None else []), *wanted]:
        if name not in types:
            raise errors.UndefinedColumn(
                f"the result has no column {name}", hint=suggest(name, types) or f"It has {', '.join(types)}."
            )
    for name in wanted:
        if not cells.is_numeric(types[name]) and types[name] != "BOOLEAN":
            raise errors.DatatypeMismatch(f"column {name} is {types[name]}, and only numbers can be drawn")
    numeric = [column.name for column in columns if cells.is_numeric(column.type)]
    if x is None and kind != "histogram":
        rest = [name for name in types if name not in wanted]
        x = rest[0] if rest and (wanted or len(types) > 1) else None
    ups = wanted or [name for name in numeric if name != x]
    if not ups:
        raise errors.DatatypeMismatch(
            "the result has no numeric column to draw", hint="Give y, or cast a column to DOUBLE."
        )
    return x, ups if wanted or kind != "histogram" else ups[:1]


def _matplotlib() -> tuple[Any, Any]:
    """Return what is needed of matplotlib: figures alone, without the global state of pyplot."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise errors.MissingDependency("plot() needs matplotlib", hint="pip install 'avila[plot]'") from error
    return rc_context, Figure
