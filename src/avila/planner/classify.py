"""What a statement does: reads, writes, defines, or asks something of Avila itself. Everything else is refused."""

from __future__ import annotations

from sqlglot import exp

from avila import errors
from avila.planner.attachments import check_attachment
from avila.planner.dialect import generate, nodes
from avila.planner.plan import Kind, Plan, Statement
from avila.settings import SETTINGS

_QUERIES = (exp.Query, nodes.ShowStatement, nodes.Call)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)
_DEFINITIONS = (
    exp.Create,
    exp.Drop,
    exp.Alter,
    nodes.CreateType,
    nodes.CreateMacro,
    nodes.CreateSequence,
    nodes.CommentOn,
)
COMMANDS = (
    nodes.SubjectStatement,
    nodes.CreateRetentionPolicy,
    nodes.DropRetentionPolicy,
    nodes.ApplyRetentionPolicies,
    nodes.CreateEncryptionKey,
    nodes.DropEncryptionKey,
    nodes.SetEncryption,
    nodes.DropEncryption,
    nodes.CreateSecret,
    nodes.DropSecret,
    nodes.RotateDataKeys,
    nodes.RotateWrappingKey,
    nodes.TransactionStatement,
    nodes.SetOption,
    nodes.ResetOption,
    nodes.UseSchema,
    nodes.Prepare,
    nodes.ExecutePrepared,
    nodes.Deallocate,
    nodes.Checkpoint,
    nodes.Vacuum,
    nodes.CreateExtension,
    nodes.DropExtension,
    nodes.CreateRole,
    nodes.AlterRole,
    nodes.RenameRole,
    nodes.DropRole,
    nodes.AlterGroup,
    nodes.GrantRoles,
    nodes.RevokeRoles,
    nodes.GrantPrivileges,
    nodes.RevokePrivileges,
    nodes.AlterDefaultPrivileges,
    nodes.ChangeOwner,
    nodes.ReassignOwned,
    nodes.DropOwned,
    nodes.CreatePolicy,
    nodes.AlterPolicy,
    nodes.RenamePolicy,
    nodes.DropPolicy,
    nodes.AlterRowSecurity,
    nodes.AlterViewOptions,
    nodes.CreateTag,
    nodes.DropTag,
    nodes.SetTags,
    nodes.UnsetTags,
    nodes.CreateMaskingPolicy,
    nodes.AlterMaskingPolicy,
    nodes.DropMaskingPolicy,
    nodes.SetMaskingPolicy,
    nodes.UnsetMaskingPolicy,
    nodes.SetRole,
    nodes.ResetRole,
    nodes.SetSessionAuthorization,
    nodes.ResetSessionAuthorization,
    nodes.SetRoleSetting,
    nodes.ResetRoleSetting,
    nodes.SetRoleResourceGroup,
    nodes.CreateResourceGroup,
    nodes.AlterResourceGroup,
    nodes.DropResourceGroup,
    nodes.CreateTenant,
    nodes.AlterTenant,
    nodes.DropTenant,
    nodes.KillStatement,
    nodes.ExplainPermission,
)
_SESSION = (nodes.SetVariable, nodes.ResetVariable, nodes.AnalyzeTable)
_REFUSED: dict[type[exp.Expr], str] = {
    nodes.LoadExtension: "Kernel extensions come with Avila's packages; install one with pip.",
    nodes.ImportDatabase: "It would run unchecked statements from files: run them through Avila, or use avila import.",
    nodes.ExportDatabase: "Use COPY … TO a file for each table, or avila export.",
    nodes.CopyFromDatabase: "Use CREATE TABLE … AS SELECT for each table.",
}
_PRAGMAS = frozenset({
    "table_info", "show", "database_list", "database_size", "storage_info", "version", "platform", "show_tables",
    "show_tables_expanded", "show_databases", "functions", "collations", "metadata_info", "user_agent",
})  # fmt: skip


def classify(statement: Statement) -> Plan:
    """Return the plan to start from; StatementNotAllowed for what nothing governs."""
    tree = statement.tree
    if isinstance(tree, nodes.Explain):
        inner = classify(Statement(statement.text, tree.this))
        if inner.kind is Kind.COMMAND:
            raise errors.StatementNotAllowed(f"EXPLAIN does not apply to {_title(tree.this)}")
        analyzed_write = bool(tree.args.get("analyze")) and inner.kind is not Kind.QUERY
        return Plan(
            statement,
            tree,
            inner.kind if analyzed_write else Kind.QUERY,
            alters=analyzed_write and inner.alters,
        )
    if isinstance(tree, _WRITES):
        return Plan(statement, tree, Kind.WRITE, returns_rows=bool(tree.args.get("returning")))
    if isinstance(tree, nodes.CopyStatement):
        return Plan(statement, tree, Kind.WRITE, returns_rows=False)
    if isinstance(tree, _DEFINITIONS):
        return Plan(statement, tree, Kind.DEFINITION, returns_rows=False, alters=isinstance(tree, exp.Alter))
    if isinstance(tree, nodes.AttachDatabase | nodes.DetachDatabase):
        check_attachment(statement)
        return Plan(statement, tree, Kind.DEFINITION, returns_rows=False)
    if isinstance(tree, nodes.ExplainPermission):
        if classify(Statement(statement.text, tree.this)).kind is Kind.COMMAND:
            raise errors.FeatureNotSupported(
                f"EXPLAIN PERMISSION does not apply to {_title(tree.this)}",
                hint="Its rights are checked where it is carried out.",
            )
        return Plan(statement, tree, Kind.COMMAND)
    if isinstance(tree, nodes.ShowStatement) and shown_setting(tree):
        return Plan(statement, tree, Kind.COMMAND)
    if isinstance(tree, COMMANDS):
        return Plan(statement, tree, Kind.COMMAND, returns_rows=False)
    if isinstance(tree, _SESSION):
        return Plan(statement, tree, Kind.QUERY, returns_rows=False)
    if isinstance(tree, nodes.PragmaStatement):
        name = tree.this.name.lower()
        if name not in _PRAGMAS or tree.args.get("expression") is not None:
            raise errors.StatementNotAllowed(
                f"PRAGMA {name} is not governed by any rule",
                hint="Settings are read with SHOW and changed with SET.",
            )
        return Plan(statement, tree, Kind.QUERY)
    if isinstance(tree, nodes.Call):
        # A called function may maintain a store, so it counts as a write.
        return Plan(statement, tree, Kind.WRITE)
    if isinstance(tree, _QUERIES):
        return Plan(statement, tree, Kind.QUERY)
    hint = next((hint for kind, hint in _REFUSED.items() if isinstance(tree, kind)), None)
    raise errors.StatementNotAllowed(
        f"{_title(tree)} is not allowed", hint=hint, statement=statement.text, position=0
    )


def shown_setting(tree: nodes.ShowStatement) -> str | None:
    """Return the setting that ``SHOW name`` asks for, 'all' for every one, or None when it shows something else."""
    table = tree.args.get("this")
    if str(tree.args["kind"]).upper() != "SHOW" or not isinstance(table, exp.Table) or table.db:
        return None
    name = table.name.lower()
    return name if name == "all" or name in SETTINGS else None


def _title(tree: exp.Expr) -> str:
    """Return the words a statement starts with, as a person would name it."""
    words = generate(tree).upper().split()
    return " ".join(words[: 2 if words[0] in {"CREATE", "DROP", "COPY", "EXPORT", "IMPORT"} else 1])
