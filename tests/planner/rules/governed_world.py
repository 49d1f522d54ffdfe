"""A small catalog with roles, rights, policies and masks, in which alice asks: what the rules of governance are shown by."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from avila.catalog.functions import Functions
from avila.catalog.grant_changes import GrantPrivilege, SetOwner
from avila.catalog.masking import CreateMaskingPolicy, SetColumnMask, SetTagMask
from avila.catalog.objects import Catalog
from avila.catalog.policies import CreatePolicy, SetRowSecurity
from avila.catalog.role_changes import CreateRole
from avila.catalog.tags import CreateTag, SetRoleTag, SetTag
from avila.catalog.views import SetViewOptions
from avila.kernel.base import MacroDefinition, Relation, TableColumn
from avila.planner.plan import Context
from avila.security.authority import Principal

if TYPE_CHECKING:
    from avila.catalog.changes import Change

Place = tuple[str, str, str, str]


def table(name: str, store: str = "native") -> Place:
    """Return what rights on a table hang on."""
    return ("table", store, "main", name)


def grant(place: Place, *privileges: str, column: str | None = None) -> list[Change]:
    """Return grants to alice."""
    return [GrantPrivilege(place, word, column, "alice", "owner") for word in privileges]


ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
COLUMNS: dict[tuple[str, str, str], tuple[TableColumn, ...]] = {
    ("native", "main", "open"): (TableColumn("k", "INTEGER"), TableColumn("v", "VARCHAR")),
    ("native", "main", "own"): (
        TableColumn("id", "INTEGER"), TableColumn("who", "VARCHAR", "current_user"), TableColumn("n", "INTEGER", "7")
    ),
    ("lake", "main", "own"): (TableColumn("id", "INTEGER"), TableColumn("who", "VARCHAR")),
    ("native", "main", "person"): (TableColumn("id", "INTEGER"), TableColumn("name", "VARCHAR"), TableColumn("born", "DATE")),
    ("native", "main", "partly"): (TableColumn("id", "INTEGER"), TableColumn("secret", "VARCHAR")),
    ("native", "main", "closed"): (TableColumn("id", "INTEGER"),),
    ("native", "main", "of_carol"): (TableColumn("id", "INTEGER"),),
    ("native", "main", "of_asker"): (TableColumn("id", "INTEGER"),),
}  # fmt: skip
VIEWS = {
    ("native", "main", "of_carol"): "CREATE VIEW of_carol AS SELECT id FROM own WHERE n > 1;",
    ("native", "main", "of_asker"): "CREATE VIEW of_asker AS SELECT id FROM own;",
}


def catalog() -> Catalog:
    """Return what the database knows of rights."""
    changes: list[Change] = [
        CreateRole("alice", {"login": True}),
        CreateRole("carol", {}),
        CreateRole("unlucky", {}),
        *grant(table("open"), *ALL),
        *grant(table("own"), *ALL),
        *grant(table("own", "lake"), *ALL),
        *grant(table("person"), *ALL),
        *grant(table("partly"), "SELECT", "UPDATE", column="id"),
        *grant(table("of_carol"), "SELECT"),
        *grant(table("of_asker"), "SELECT"),
        GrantPrivilege(table("own"), "SELECT", None, "carol", "owner"),
        SetOwner(table("of_carol"), "carol"),
        SetViewOptions(table("of_asker"), security_invoker=True),
        CreatePolicy("mine", table("own"), True, "ALL", ("public",), "who = current_user", None),
        CreatePolicy("few", table("own"), False, "INSERT", ("alice",), None, "n < 100"),
        SetRowSecurity(table("own"), enabled=True),
        CreatePolicy("mine", table("own", "lake"), True, "ALL", ("public",), 'id IN (SELECT k FROM "native"."main"."open")', None),
        SetRowSecurity(table("own", "lake"), enabled=True),
        CreateMaskingPolicy("hide", (("val", "VARCHAR"),), "VARCHAR", "left(val, 1) || '***'"),
        SetColumnMask(table("person"), "name", "hide"),
        CreateTag("pii"),
        SetTag("pii", table("person"), "born", ""),
        CreateMaskingPolicy(
            "unless_billing", (("val", "DATE"),), "DATE",
            "CASE WHEN session_attribute('purpose') = 'billing' THEN val END",
        ),
        SetTagMask("pii", "unless_billing"),
        CreateTag("purpose"),
        SetRoleTag("purpose", "alice", "care"),
    ]  # fmt: skip
    return reduce(lambda known, change: change.apply(known), changes, Catalog())


def governed(principal: Principal | None = None) -> Context:
    """Return the catalog as a session of alice has it, or of somebody else."""
    relations = [
        Relation(*key, "view" if key in VIEWS else "table") for key in COLUMNS
    ] + [
        Relation("native", "avila", "changes", "table"),
        Relation("temp", "main", "mine", "table", temporary=True),
    ]  # fmt: skip
    macros = [
        MacroDefinition("native", "main", "doubled", ("x",), "x * 2", False),
        MacroDefinition("native", "main", "rows_of", ("low",), "SELECT id FROM own WHERE id > low", True),
    ]
    return Context(
        Functions(
            kernel=frozenset({"count", "sum", "upper", "error", "getenv", "stats", "range", "left", "max"})
        ),
        {relation.key: relation for relation in relations},
        macros=lambda: frozenset({"doubled", "rows_of"}),
        described=catalog(),
        principal=principal or Principal("alice", "alice"),
        columns=lambda: COLUMNS,
        definitions=lambda: VIEWS,
        macro_definitions=lambda: macros,
        setting=lambda name: {"app.customer": "17"}.get(name),
    )
