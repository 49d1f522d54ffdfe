"""Values of each of the kernel's types at which functions are most likely to raise."""

from __future__ import annotations

INTEGERS = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1),
    "HUGEINT": (-(2**127), 2**127 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "USMALLINT": (0, 2**16 - 1),
    "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, 2**64 - 1),
    "UHUGEINT": (0, 2**128 - 1),
}
TEXTS = [
    "''",
    "'a'",
    "'abc'",
    "'ß€😀'",
    "'%'",
    "'_\\'",
    "'('",
    "'[['",
    "'123'",
    "'-1e400'",
    "'nan'",
    "'2020-02-30'",
    "'{\"a\":[1]}'",
    "'{'",
    "'$.a'",
    "'year'",
    "'%Y%Q'",
    "'INTEGER'",
    "'%s{}'",
    "'%ZZ%C3'",
    "'\\\\1(?'",
    "'P1Y'",
    "'/a/b\\c.d'",
    "'UTC'",
    "'0'",
    "'-5'",
    "'a,b'",
    "repeat('x', 3000)",
    "chr(0) || 'z'",
    "'e' || chr(769)",
]
FLOATS = [
    "0",
    "-0.0",
    "1",
    "-1",
    "0.5",
    "1e-38",
    "3.4e38",
    "-3.4e38",
    "inf",
    "-inf",
    "nan",
    "16777217",
    "171",
    "1e10",
    "1e19",
    "-2.5",
]
DOUBLES = ["1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "1e100", "9.3e18"]
DECIMALS = ((4, 0), (4, 4), (9, 2), (15, 2), (18, 3), (18, 18), (19, 0), (38, 0), (38, 10), (38, 38))
DATES = [
    "1970-01-01",
    "2020-02-29",
    "0001-01-01",
    "9999-12-31",
    "infinity",
    "-infinity",
    "5877642-06-25 (BC)",
    "5881580-07-10",
    "0044-03-15 (BC)",
    "1582-10-04",
    "290000-01-01",
    "294247-01-11",
    "1677-09-20",
    "2262-04-12",
    "2300-01-01",
]
TIMESTAMPS = [
    "1970-01-01",
    "2020-02-29 23:59:59.999999",
    "0001-01-01",
    "9999-12-31",
    "infinity",
    "-infinity",
    "290309-12-22 (BC) 00:00:00",
    "294247-01-10 04:00:54.775806",
    "1582-10-04",
    "1677-09-22",
    "2262-04-11",
    "2300-01-01",
]


def edge_values() -> dict[str, list[str]]:
    """Return SQL for the values of each type, a NULL among them."""
    values: dict[str, list[str]] = {}
    for name, (least, most) in INTEGERS.items():
        chosen = {least, least + 1, most, most - 1, 0, 1, 2, 5, 31, 64, 100, -1, -2, -7}
        chosen |= {
            sign * bound for bound in (127, 255, 9999, 2**31 - 1, 2**31, 2**32, 2**53) for sign in (1, -1)
        }
        values[name] = [f"'{value}'::{name}" for value in sorted(chosen) if least <= value <= most]
    values["FLOAT"] = [f"'{value}'::FLOAT" for value in FLOATS]
    values["DOUBLE"] = [f"'{value}'::DOUBLE" for value in (*FLOATS, *DOUBLES)]
    for width, scale in DECIMALS:
        name = f"DECIMAL({width},{scale})"
        most_text = f"{'9' * (width - scale) or '0'}.{'9' * scale}".rstrip(".")
        values[name] = [
            f"'{value}'::{name}" for value in (most_text, f"-{most_text}", "0", "0.5" if scale else "5")
        ]
    values |= {
        "VARCHAR": list(TEXTS),
        "BOOLEAN": ["true", "false"],
        "DATE": [f"'{value}'::DATE" for value in DATES],
        "TIMESTAMP": [f"'{value}'::TIMESTAMP" for value in TIMESTAMPS],
        "TIME": [f"'{value}'::TIME" for value in ("00:00:00", "23:59:59.999999", "24:00:00", "12:30:00")],
        "INTERVAL": [
            "INTERVAL 0 DAY", "INTERVAL '-1' YEAR", "INTERVAL 90 DAY", "INTERVAL '178956970 years'",
            "INTERVAL '-178956970 years'", "INTERVAL 2147483647 DAY", "to_microseconds(9223372036854775807)",
        ],
        "BLOB": ["''::BLOB", "'\\x00\\xFF'::BLOB", "encode(repeat('q', 3000))", "'AAEC'::BLOB"],
        "UUID": ["'00000000-0000-0000-0000-000000000000'::UUID", "'018f4d2e-0000-7000-8000-000000000000'::UUID"],
        "ENUM('a', 'b')": ["'a'::ENUM('a', 'b')", "'b'::ENUM('a', 'b')"],
        "INTEGER[]": ["[]::INTEGER[]", "[1, 2, NULL]", "[2147483647, -2147483648]", "[NULL]::INTEGER[]"],
        "VARCHAR[]": ["[]::VARCHAR[]", "['a', 'abc', NULL]", "[NULL]::VARCHAR[]"],
        "DOUBLE[]": ["[]::DOUBLE[]", "['nan'::DOUBLE, 'inf'::DOUBLE, -0.0]", "[NULL]::DOUBLE[]"],
    }  # fmt: skip
    return {name: [*items, f"NULL::{name}"] for name, items in values.items()}
