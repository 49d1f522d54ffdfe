"""The kernel's exceptions as Avila's errors: its message kept, our class, SQLSTATE, place and hint added."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from avila import errors

if TYPE_CHECKING:
    from collections.abc import Callable

# The first pattern found decides; the kernel's classes alone are too coarse for SQLSTATEs.
_PATTERNS: tuple[tuple[str, type[errors.Error]], ...] = (
    (r"^(Invalid Input Error: )?permission denied for", errors.InsufficientPrivilege),
    (r"violates row-level security policy", errors.InsufficientPrivilege),
    (r"Query interrupted|INTERRUPT Error", errors.QueryCanceled),
    (r"Current transaction is aborted", errors.InFailedSqlTransaction),
    (r"no transaction is active", errors.NoActiveSqlTransaction),
    (r"within a transaction|already a transaction|transaction already", errors.ActiveSqlTransaction),
    (r"Conflict on|write-write conflict|Transaction conflict|conflict on (update|tuple)", errors.SerializationFailure),
    (r"single transaction can only write to a single attached database", errors.FeatureNotSupported),
    (r"NOT NULL constraint failed", errors.NotNullViolation),
    (r"CHECK constraint failed", errors.CheckViolation),
    (r"[Ff]oreign key constraint|foreign key constraint", errors.ForeignKeyViolation),
    (r"Duplicate key|violates (unique|primary key) constraint|UNIQUE constraint violation", errors.UniqueViolation),
    (r"read-only mode|is read-only|opened in read-only", errors.ReadOnlySqlTransaction),
    (r"Could not set lock|Conflicting lock|Unique file handle conflict", errors.ObjectInUse),
    (r"Unable to transform python value", errors.DatatypeMismatch),
    (r"sniffing file", errors.BadCopyFileFormat),
    (r"No space left on device|Disk quota exceeded|File too large|max_temp_directory_size|ENOSPC", errors.DiskFull),
    (r"Out of Memory|could not allocate|failed to (pin|allocate)", errors.OutOfMemory),
    (r"Wrong encryption key|without a key|Cannot open encrypted", errors.InvalidKey),
    (r"[Dd]ivision by zero|divide by zero", errors.DivisionByZero),
    (r"More than one row returned by a subquery", errors.CardinalityViolation),
    (r"(Table|View) with name .* already exists", errors.DuplicateTable),
    (r"already exists", errors.DuplicateObject),
    (r"(Table|View) with name .* does not exist|Referenced table .* not found", errors.UndefinedTable),
    (r"Schema with name .* does not exist|schema .* does not exist", errors.InvalidSchemaName),
    (r"(Type|Index|Sequence) with name .* does not exist", errors.UndefinedObject),
    (r"(Catalog|Database) .* does not exist|database .* not found", errors.InvalidCatalogName),
    (r"Function with name .* does not exist|No function matches|is not an aggregate function|Table Function with name|"
     r"does not support the supplied arguments", errors.UndefinedFunction),
    (r"Ambiguous reference|ambiguous", errors.AmbiguousColumn),
    (r"[Cc]olumn .* not found|does not have a column|Could not find (column|key)|does not contain a column|"
     r"column .* does not exist|not found in FROM clause", errors.UndefinedColumn),
    (r"must appear in the GROUP BY clause|cannot contain aggregates|aggregate function calls|window functions",
     errors.GroupingError),
    (r"does not exist|unrecognized configuration parameter", errors.UndefinedObject),
    (r"[Vv]alues were not provided for the following prepared|prepared statement parameters|named parameter|parameter",
     errors.UndefinedParameter),
    (r"there are entries that depend on it|depend(s|encies)", errors.DependentObjectsStillExist),
    (r"No files found|No such file|Cannot open file", errors.UndefinedFile),
    (r"CSV Error|Invalid Parquet|not a Parquet file|No magic bytes|Malformed JSON|Failed to read file|Parquet file",
     errors.BadCopyFileFormat),
)  # fmt: skip

_CLASSES: tuple[tuple[type[Exception], type[errors.Error]], ...] = (
    (duckdb.ParserException, errors.SyntaxError),
    (duckdb.SyntaxException, errors.SyntaxError),
    (duckdb.ConversionException, errors.InvalidTextRepresentation),
    (duckdb.OutOfRangeException, errors.NumericValueOutOfRange),
    (duckdb.TypeMismatchException, errors.DatatypeMismatch),
    (duckdb.ConstraintException, errors.IntegrityConstraintViolation),
    (duckdb.TransactionException, errors.SerializationFailure),
    (duckdb.SerializationException, errors.CorruptedDatabase),
    (duckdb.InterruptException, errors.QueryCanceled),
    (duckdb.OutOfMemoryException, errors.OutOfMemory),
    (duckdb.PermissionException, errors.InsufficientPrivilege),
    (duckdb.NotImplementedException, errors.FeatureNotSupported),
    (duckdb.BinderException, errors.BindingError),
    (duckdb.CatalogException, errors.UndefinedObject),
    (duckdb.InvalidInputException, errors.InvalidParameterValue),
    (duckdb.InvalidTypeException, errors.DatatypeMismatch),
    (duckdb.IOException, errors.IoError),
    (duckdb.HTTPException, errors.IoError),
    (duckdb.ConnectionException, errors.ConnectionDoesNotExist),
    (duckdb.FatalException, errors.KernelError),
    (duckdb.InternalException, errors.KernelError),
)

_EXCERPT = re.compile(r"\n+LINE \d+:.*", re.DOTALL)
_PREFIX = re.compile(r"^[A-Z][\w ]* Error: ")
_CANDIDATES = re.compile(
    r"\n*(?:Did you mean|Candidate bindings|Candidate macros|Candidate functions)[:\s]*(.*)", re.DOTALL
)
_ADVICE = re.compile(
    r"\n(?:The search space used was:.*?\n)?(?P<fixes>Possible (?:fixes|solutions?):.*)", re.DOTALL
)
_NAMED = re.compile(
    r'"([^"]+)"|[Ff]unction with name (\w+)|with name (\w+) does not exist|given name and argument types \'(\w+)\('
)
_TRACE = re.compile(r"\n+At:\n.*", re.DOTALL)
_UDF = re.compile(r"Python exception occurred while executing the UDF: (\w+): (.*)", re.DOTALL)


def translate(
    error: Exception, statement: str | None, locate: Callable[[str], int | None] | None = None
) -> errors.Error:
    """Return our error for the kernel's.

    The kernel saw SQL generated from the checked tree, so its line and caret are dropped; ``locate`` finds the name it
    complains of in the user's own text.
    """
    text = str(error).strip()
    if raised := _from_function(text, statement):
        return raised
    message = _EXCERPT.sub("", text)
    candidates = _CANDIDATES.search(message)
    hint = f"Perhaps {candidates.group(1).strip()}" if candidates and candidates.group(1).strip() else None
    message = _PREFIX.sub("", _CANDIDATES.sub("", message)).strip()
    if advice := _ADVICE.search(message):
        # What the kernel advises about files is a hint, and its search space is nobody's.
        message, hint = message[: advice.start()].strip(), advice.group("fixes")
    position = None
    if statement is not None and locate is not None and (named := _NAMED.search(message)):
        position = locate(next(filter(None, named.groups())))
    return classify(error, text)(message, hint=hint, statement=statement, position=position)


def classify(error: Exception, text: str) -> type[errors.Error]:
    """Return the class of the condition."""
    if isinstance(error, duckdb.ParserException | duckdb.SyntaxException):
        return errors.SyntaxError
    if isinstance(error, duckdb.ConversionException) and "CSV Error" not in text:
        return errors.NumericValueOutOfRange if "out of range" in text else errors.InvalidTextRepresentation
    for pattern, condition in _PATTERNS:
        if re.search(pattern, text):
            return condition
    for kernel_class, condition in _CLASSES:
        if isinstance(error, kernel_class):
            return condition
    return errors.KernelError


def _from_function(text: str, statement: str | None) -> errors.Error | None:
    """Return the error that an extension's function raised inside the kernel, which reports it as text."""
    match = _UDF.search(text)
    if not match:
        return None
    name, message = match.groups()
    message = _TRACE.sub("", message)
    condition = errors.CONDITIONS.get(name, errors.DataException)
    message, _, hint = message.strip().partition("\nHint: ")
    detail = message if name in errors.CONDITIONS else f"{name}: {message}"
    return condition(detail, hint=hint or None, statement=statement)
