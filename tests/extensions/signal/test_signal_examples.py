"""What the reference shows runs, and nothing heavy is imported before it does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from signal_kernel import BareKernel

from avila import errors
from avila.extensions.signal import extension, packages


@pytest.fixture(scope="module")
def kernel() -> BareKernel:
    return BareKernel()


@pytest.mark.parametrize("name", extension.scalars)
def test_example_runs_and_answers_a_value(kernel: BareKernel, name: str) -> None:
    example = extension.scalars[name].example
    assert example is not None
    assert f"{name}(" in example
    [[value]] = kernel(example)
    assert value is not None


@pytest.mark.parametrize("name", extension.scalars)
def test_reference_names_the_errors(name: str) -> None:
    doc = extension.scalars[name].doc
    assert "Raises InvalidParameterValue" in doc or "errors as in ``lowpass``" in doc


def test_importing_the_extension_imports_no_scientific_package() -> None:
    heavy = ("numpy", "scipy", "pywt", "nifty_ls", "astropy", "pyarrow")
    program = f"import sys, avila.extensions.signal; sys.exit(str([m for m in {heavy} if m in sys.modules]))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert answer.stderr.strip() == "[]"


def test_missing_package_says_what_to_install() -> None:
    with pytest.raises(errors.MissingDependency) as caught:
        packages.package("avila_no_such_package.part", "fft")
    assert "fft needs the Python package avila_no_such_package" in caught.value.message
    assert caught.value.hint == "pip install avila[science]"


def test_whole_columns_through_sql(kernel: BareKernel) -> None:
    """A table of signals of many lengths, NULLs between them, over several vectors of the kernel."""
    rows = kernel("""
        SELECT count(*), count(spectrum), sum(len(spectrum)), max(abs(list_last(spectrum).frequency - 4))
        FROM (SELECT fft(CASE WHEN i % 7 > 0 THEN [sin(j) FOR j IN range(2 + i % 5 * 2)] END, 8) AS spectrum
              FROM range(7000) AS s(i))""")
    lengths = [2 + i % 5 * 2 for i in range(7000) if i % 7 > 0]
    assert rows == [(7000, len(lengths), sum(n // 2 + 1 for n in lengths), 0.0)]


def test_folded_column(kernel: BareKernel) -> None:
    peak = kernel.value("""
        SELECT arg_max(point.frequency, point.amplitude)
        FROM (SELECT unnest(fft(list(sin(2 * pi() * 50 * i / 1000) ORDER BY i), 1000)) AS point
              FROM range(1000) AS s(i))""")
    assert peak == pytest.approx(50.0)


def test_null_answers_null(kernel: BareKernel) -> None:
    assert kernel(
        "SELECT fft(NULL), lowpass(NULL, 1, 0.1), fft([1.0], NULL), dwt(NULL), cwt(NULL, [1.0])"
    ) == [(None, None, None, None, None)]
