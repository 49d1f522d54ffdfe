"""The errors of Avila, generated from errors.toml by tools/generate_errors.py: edit the table, not this file.

The tree is PEP 249's: :class:`Error` is the root, and each condition is a class below the PEP 249 class it belongs
to. Every class carries its SQLSTATE and whether trying again may help; every instance may carry the place in the
statement and a hint.
"""

from __future__ import annotations

from typing import ClassVar


class Warning(Exception):  # noqa: A001  (PEP 249 fixes the name)
    """PEP 249's warning; Avila raises none."""


class Error(Exception):
    """The root of everything Avila raises.

    ``message`` says what was wrong, ``hint`` what would be right, ``position`` is the 0-based offset of the place in
    ``statement``, the text as the user wrote it.
    """

    sqlstate: ClassVar[str] = "XX000"
    http_status: ClassVar[int] = 500
    grpc_status: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        statement: str | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is not None else self.default_hint
        self.statement = statement
        self.position = position

    def __str__(self) -> str:
        lines = [self.message, *self._excerpt()]
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by value, so that an error crosses processes whole."""
        return (_rebuild, (type(self), self.message, self.hint, self.statement, self.position))

    def _excerpt(self) -> list[str]:
        """Return the line of the statement that is meant, with a caret under the place."""
        if self.statement is None or self.position is None:
            return []
        at = min(max(self.position, 0), len(self.statement))
        start = self.statement.rfind("\n", 0, at) + 1
        end = self.statement.find("\n", at)
        line = self.statement[start : end if end >= 0 else len(self.statement)]
        column, margin = at - start, 60
        cut = max(0, column - margin)
        shown = ("…" if cut else "") + line[cut : column + margin]
        caret = " " * (column - cut + (1 if cut else 0)) + "^"
        prefix = f"LINE {self.statement.count(chr(10), 0, at) + 1}: "
        return [prefix + shown, " " * len(prefix) + caret]


def _rebuild(
    cls: type[Error], message: str, hint: str | None, statement: str | None, position: int | None
) -> Error:
    return cls(message, hint=hint, statement=statement, position=position)


class InterfaceError(Error):
    """PEP 249: the API was used wrongly, rather than the database."""


class DatabaseError(Error):
    """PEP 249: the root of what the database itself reports."""


class DataError(DatabaseError):
    """PEP 249: the data processed has a problem."""

    sqlstate = "22000"


class OperationalError(DatabaseError):
    """PEP 249: the operation of the database has a problem, not necessarily in the caller's hands."""

    sqlstate = "58000"


class IntegrityError(DatabaseError):
    """PEP 249: a constraint is broken."""

    sqlstate = "23000"


class InternalError(DatabaseError):
    """PEP 249: the database met an internal problem."""


class ProgrammingError(DatabaseError):
    """PEP 249: the statement or its use is wrong."""

    sqlstate = "42000"


class NotSupportedError(DatabaseError):
    """PEP 249: the database does not offer this."""

    sqlstate = "0A000"


class ConnectionDoesNotExist(InterfaceError):
    """The database, session or cursor was closed before this call."""

    sqlstate = "08003"
    http_status = 410
    grpc_status = "FAILED_PRECONDITION"
    default_hint = "Open it again with avila.connect()."


class ConnectionFailure(OperationalError):
    """The process that owns the database went away while it was answering."""

    sqlstate = "08006"
    http_status = 503
    grpc_status = "UNAVAILABLE"
    retryable = True
    default_hint = "Call again: the next call connects to the new owner or becomes it. Work that was not acknowledged may have to be repeated."  # noqa: E501


class ProtocolViolation(InternalError):
    """A client and the owner of the database did not understand each other."""

    sqlstate = "08P01"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"
    default_hint = "Use the same version of Avila in both processes."


class FeatureNotSupported(NotSupportedError):
    """The statement is understood, but Avila or its kernel does not offer what it asks for."""

    sqlstate = "0A000"
    http_status = 501
    grpc_status = "UNIMPLEMENTED"


class StatementNotAllowed(NotSupportedError):
    """The statement is one that no rule of Avila governs, so it is refused."""

    sqlstate = "0A000"
    http_status = 403
    grpc_status = "PERMISSION_DENIED"
    default_hint = "Only statements that Avila parses and checks are run."


class CardinalityViolation(DataError):
    """A subquery used as a value returned more than one row."""

    sqlstate = "21000"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class NumericValueOutOfRange(DataError):
    """A number does not fit the type it is meant for."""

    sqlstate = "22003"
    http_status = 400
    grpc_status = "OUT_OF_RANGE"


class DivisionByZero(DataError):
    """A division by zero."""

    sqlstate = "22012"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class InvalidParameterValue(DataError):
    """A value is of the right kind but not one that is possible here."""

    sqlstate = "22023"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class InvalidTextRepresentation(DataError):
    """A text cannot be read as the type it is meant for."""

    sqlstate = "22P02"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class BadCopyFileFormat(DataError):
    """A file is not what its name or the statement says it is: ragged rows, a truncated or lying header, a wrong format."""  # noqa: E501

    sqlstate = "22P04"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class DataException(DataError):
    """A value cannot be processed."""

    sqlstate = "22000"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class IntegrityConstraintViolation(IntegrityError):
    """A row breaks a constraint of its table."""

    sqlstate = "23000"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class NotNullViolation(IntegrityError):
    """A NULL in a column that is NOT NULL."""

    sqlstate = "23502"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class ForeignKeyViolation(IntegrityError):
    """A row refers to a key that is not there, or a referenced key would disappear."""

    sqlstate = "23503"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class UniqueViolation(IntegrityError):
    """A key exists already."""

    sqlstate = "23505"
    http_status = 409
    grpc_status = "ALREADY_EXISTS"


class CheckViolation(IntegrityError):
    """A row breaks a CHECK constraint."""

    sqlstate = "23514"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class ActiveSqlTransaction(ProgrammingError):
    """The statement cannot run inside a transaction, or a transaction is already open."""

    sqlstate = "25001"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class ReadOnlySqlTransaction(OperationalError):
    """A write to a database that is open for reading only."""

    sqlstate = "25006"
    http_status = 403
    grpc_status = "FAILED_PRECONDITION"


class NoActiveSqlTransaction(ProgrammingError):
    """COMMIT or ROLLBACK without a transaction."""

    sqlstate = "25P01"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"


class InFailedSqlTransaction(OperationalError):
    """An earlier statement of this transaction failed, so nothing but ROLLBACK is accepted."""

    sqlstate = "25P02"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"
    default_hint = "ROLLBACK, then begin again."


class InvalidKey(OperationalError):
    """The key that unlocks the database is missing, malformed or not the one it was encrypted with."""

    sqlstate = "28000"
    http_status = 401
    grpc_status = "UNAUTHENTICATED"


class SerializationFailure(OperationalError):
    """Another transaction changed the same rows first; this one was rolled back."""

    sqlstate = "40001"
    http_status = 409
    grpc_status = "ABORTED"
    retryable = True
    default_hint = "Run the transaction again."


class DeadlockDetected(OperationalError):
    """Two transactions waited for each other; this one was rolled back."""

    sqlstate = "40P01"
    http_status = 409
    grpc_status = "ABORTED"
    retryable = True
    default_hint = "Run the transaction again."


class InsufficientPrivilege(ProgrammingError):
    """The current role may not do this."""

    sqlstate = "42501"
    http_status = 403
    grpc_status = "PERMISSION_DENIED"


class InvalidGrantOperation(ProgrammingError):
    """A privilege or membership cannot be granted like this."""

    sqlstate = "0LP01"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class DependentPrivilegesStillExist(OperationalError):
    """A privilege cannot be revoked alone, because it has been passed on."""

    sqlstate = "2BP01"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"
    default_hint = "Use CASCADE to revoke what was passed on too."


class ReservedName(ProgrammingError):
    """A name that the database keeps for itself."""

    sqlstate = "42939"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class InvalidAuthorization(OperationalError):
    """There is no such role to connect as, or it may not connect."""

    sqlstate = "28000"
    http_status = 401
    grpc_status = "UNAUTHENTICATED"


class InvalidRecursion(ProgrammingError):
    """Row policies refer to each other in a circle."""

    sqlstate = "42P17"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"
    default_hint = "A policy's subquery may not read a table whose policies read this one."


class InvalidObjectDefinition(ProgrammingError):
    """An object cannot be defined like this."""

    sqlstate = "42P16"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class SyntaxError(ProgrammingError):  # noqa: A001
    """The statement is not SQL that Avila understands."""

    sqlstate = "42601"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class AmbiguousColumn(ProgrammingError):
    """A column name means more than one thing here."""

    sqlstate = "42702"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"
    default_hint = "Write the table's name or alias before it."


class UndefinedColumn(ProgrammingError):
    """No table of the statement has a column of this name."""

    sqlstate = "42703"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UndefinedObject(ProgrammingError):
    """No type, setting, extension, index or sequence of this name."""

    sqlstate = "42704"
    http_status = 404
    grpc_status = "NOT_FOUND"


class GroupingError(ProgrammingError):
    """A column must be grouped by or aggregated, or an aggregate stands where none may."""

    sqlstate = "42803"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class WindowingError(ProgrammingError):
    """A window function stands where none may."""

    sqlstate = "42P20"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class WrongObjectType(ProgrammingError):
    """The object is of another kind than the statement is for."""

    sqlstate = "42809"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class DatatypeMismatch(ProgrammingError):
    """An expression has another type than this place needs."""

    sqlstate = "42804"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class UndefinedFunction(ProgrammingError):
    """No function of this name takes these arguments."""

    sqlstate = "42883"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UndefinedTable(ProgrammingError):
    """No table or view of this name."""

    sqlstate = "42P01"
    http_status = 404
    grpc_status = "NOT_FOUND"


class UndefinedParameter(ProgrammingError):
    """The parameters given are not those the statement names."""

    sqlstate = "42P02"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class DuplicateObject(ProgrammingError):
    """An object of this name exists already."""

    sqlstate = "42710"
    http_status = 409
    grpc_status = "ALREADY_EXISTS"


class DuplicateTable(ProgrammingError):
    """A table or view of this name exists already."""

    sqlstate = "42P07"
    http_status = 409
    grpc_status = "ALREADY_EXISTS"


class InvalidSchemaName(ProgrammingError):
    """No schema of this name."""

    sqlstate = "3F000"
    http_status = 404
    grpc_status = "NOT_FOUND"


class InvalidCatalogName(ProgrammingError):
    """No database or catalog of this name, or the path is not an Avila database."""

    sqlstate = "3D000"
    http_status = 404
    grpc_status = "NOT_FOUND"


class BindingError(ProgrammingError):
    """The statement is well formed, but its names and types do not fit together."""

    sqlstate = "42000"
    http_status = 400
    grpc_status = "INVALID_ARGUMENT"


class DependentObjectsStillExist(ProgrammingError):
    """Other objects depend on this one."""

    sqlstate = "2BP01"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"
    default_hint = "Drop them first, or use CASCADE."


class DiskFull(OperationalError):
    """No space is left where the database or its temporary files lie."""

    sqlstate = "53100"
    http_status = 507
    grpc_status = "RESOURCE_EXHAUSTED"
    default_hint = "Free space or move the directory; nothing of the failed statement was kept."


class OutOfMemory(OperationalError):
    """The statement needs more memory than the memory_limit setting allows."""

    sqlstate = "53200"
    http_status = 507
    grpc_status = "RESOURCE_EXHAUSTED"
    default_hint = "Raise memory_limit, or give the kernel a temp_directory to spill to."


class TooManyConnections(OperationalError):
    """The database serves as many sessions as it may."""

    sqlstate = "53300"
    http_status = 503
    grpc_status = "RESOURCE_EXHAUSTED"
    retryable = True


class ConfigurationLimitExceeded(OperationalError):
    """A role or a resource group runs as many statements as it may, and no more may wait."""

    sqlstate = "53400"
    http_status = 503
    grpc_status = "RESOURCE_EXHAUSTED"
    retryable = True
    default_hint = "Try again once some of them have ended; avila.sessions shows them."


class ProgramLimitExceeded(OperationalError):
    """The statement answers more rows than its role or resource group may take."""

    sqlstate = "54000"
    http_status = 413
    grpc_status = "RESOURCE_EXHAUSTED"
    default_hint = "Ask for fewer rows, with WHERE, LIMIT or an aggregate."


class ObjectInUse(OperationalError):
    """The object is in use by another session or process."""

    sqlstate = "55006"
    http_status = 409
    grpc_status = "FAILED_PRECONDITION"
    retryable = True


class LockNotAvailable(OperationalError):
    """A lock was not free within lock_timeout."""

    sqlstate = "55P03"
    http_status = 409
    grpc_status = "ABORTED"
    retryable = True
    default_hint = "Try again, or end the transaction that holds it."


class QueryCanceled(OperationalError):
    """The statement was cancelled: by a person, by its session, or by statement_timeout."""

    sqlstate = "57014"
    http_status = 408
    grpc_status = "CANCELLED"


class AdminShutdown(OperationalError):
    """Somebody who may ended the session, with KILL CONNECTION; its open transaction was rolled back."""

    sqlstate = "57P01"
    http_status = 503
    grpc_status = "UNAVAILABLE"
    retryable = True
    default_hint = "The next statement begins a new session."


class UndefinedFile(OperationalError):
    """No file at this path."""

    sqlstate = "58P01"
    http_status = 404
    grpc_status = "NOT_FOUND"


class IoError(OperationalError):
    """A file could not be read or written."""

    sqlstate = "58030"
    http_status = 500
    grpc_status = "UNAVAILABLE"


class CorruptedDatabase(OperationalError):
    """A file of the database is damaged."""

    sqlstate = "XX001"
    http_status = 500
    grpc_status = "DATA_LOSS"
    default_hint = "Restore it from a backup; `avila doctor` says what can be read."


class ConfigurationError(OperationalError):
    """A setting has a value that is not possible, or avila.toml cannot be read."""

    sqlstate = "F0000"
    http_status = 500
    grpc_status = "FAILED_PRECONDITION"


class MissingDependency(NotSupportedError):
    """The feature needs a Python package that is not installed."""

    sqlstate = "0A000"
    http_status = 501
    grpc_status = "UNIMPLEMENTED"


class KernelError(InternalError):
    """The kernel failed in a way that it should not."""

    sqlstate = "XX000"
    http_status = 500
    grpc_status = "INTERNAL"
    default_hint = "Please report it with the statement; the session goes on."


CONDITIONS: dict[str, type[Error]] = {
    "ConnectionDoesNotExist": ConnectionDoesNotExist,
    "ConnectionFailure": ConnectionFailure,
    "ProtocolViolation": ProtocolViolation,
    "FeatureNotSupported": FeatureNotSupported,
    "StatementNotAllowed": StatementNotAllowed,
    "CardinalityViolation": CardinalityViolation,
    "NumericValueOutOfRange": NumericValueOutOfRange,
    "DivisionByZero": DivisionByZero,
    "InvalidParameterValue": InvalidParameterValue,
    "InvalidTextRepresentation": InvalidTextRepresentation,
    "BadCopyFileFormat": BadCopyFileFormat,
    "DataException": DataException,
    "IntegrityConstraintViolation": IntegrityConstraintViolation,
    "NotNullViolation": NotNullViolation,
    "ForeignKeyViolation": ForeignKeyViolation,
    "UniqueViolation": UniqueViolation,
    "CheckViolation": CheckViolation,
    "ActiveSqlTransaction": ActiveSqlTransaction,
    "ReadOnlySqlTransaction": ReadOnlySqlTransaction,
    "NoActiveSqlTransaction": NoActiveSqlTransaction,
    "InFailedSqlTransaction": InFailedSqlTransaction,
    "InvalidKey": InvalidKey,
    "SerializationFailure": SerializationFailure,
    "DeadlockDetected": DeadlockDetected,
    "InsufficientPrivilege": InsufficientPrivilege,
    "InvalidGrantOperation": InvalidGrantOperation,
    "DependentPrivilegesStillExist": DependentPrivilegesStillExist,
    "ReservedName": ReservedName,
    "InvalidAuthorization": InvalidAuthorization,
    "InvalidRecursion": InvalidRecursion,
    "InvalidObjectDefinition": InvalidObjectDefinition,
    "SyntaxError": SyntaxError,
    "AmbiguousColumn": AmbiguousColumn,
    "UndefinedColumn": UndefinedColumn,
    "UndefinedObject": UndefinedObject,
    "GroupingError": GroupingError,
    "WindowingError": WindowingError,
    "WrongObjectType": WrongObjectType,
    "DatatypeMismatch": DatatypeMismatch,
    "UndefinedFunction": UndefinedFunction,
    "UndefinedTable": UndefinedTable,
    "UndefinedParameter": UndefinedParameter,
    "DuplicateObject": DuplicateObject,
    "DuplicateTable": DuplicateTable,
    "InvalidSchemaName": InvalidSchemaName,
    "InvalidCatalogName": InvalidCatalogName,
    "BindingError": BindingError,
    "DependentObjectsStillExist": DependentObjectsStillExist,
    "DiskFull": DiskFull,
    "OutOfMemory": OutOfMemory,
    "TooManyConnections": TooManyConnections,
    "ConfigurationLimitExceeded": ConfigurationLimitExceeded,
    "ProgramLimitExceeded": ProgramLimitExceeded,
    "ObjectInUse": ObjectInUse,
    "LockNotAvailable": LockNotAvailable,
    "QueryCanceled": QueryCanceled,
    "AdminShutdown": AdminShutdown,
    "UndefinedFile": UndefinedFile,
    "IoError": IoError,
    "CorruptedDatabase": CorruptedDatabase,
    "ConfigurationError": ConfigurationError,
    "MissingDependency": MissingDependency,
    "KernelError": KernelError,
}
"""Every condition of the table by its class name: what the wire protocols rebuild an error from."""
