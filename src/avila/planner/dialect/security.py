"""The statements of security by their first words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avila.planner.dialect.privacy import PrivacyParser

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlglot import exp

    Readers = Mapping[tuple[str, ...], Callable[["SecurityParser"], exp.Expr]]

_ALTERED_ROUTINES = ("FUNCTION", "PROCEDURE", "ROUTINE", "MACRO")
_ALTERED = ("TABLE", "VIEW", "SEQUENCE", "TYPE", "SCHEMA", "DATABASE", *_ALTERED_ROUTINES)
"""The kinds of objects that ALTER gives an owner, a tag, row security or the like."""


class SecurityParser(PrivacyParser):
    """Finds the reader of a statement of security."""

    def security_statement(self) -> exp.Expr | None:
        """Read a statement of security; None, without having moved, when another statement stands here."""
        first = self.token
        for words, reader in _READERS.get(first.value, {}).items():
            if self.take(*words):
                return self.mark(reader(self), first, self.previous)
        if not self.at("ALTER"):
            return None
        index = self.index
        altered = self._altered_object()
        if altered is None:
            self.retreat(index)
            return None
        return self.mark(altered, first, self.previous)

    def _altered_object(self) -> exp.Expr | None:
        """Read ``ALTER kind [IF EXISTS] name`` and a change that is a matter of security."""
        self.advance()
        kind = self.take_any(*_ALTERED)
        if kind is None:
            return None
        exists = self.if_exists()
        this = self._altered_name(kind)
        for change in (self.owner_change, self.row_security, self.view_change, self.attachment):
            node = change(kind, this, exists)
            if node is not None:
                return node
        return None

    def _altered_name(self, kind: str) -> exp.Expr:
        if kind == "SCHEMA":
            return self._schema_name()
        if kind == "DATABASE":
            return self.name("a database")
        return self.routine() if kind in _ALTERED_ROUTINES else self.table_name()


def _by_first_word(readers: Readers) -> Mapping[str, Readers]:
    found: dict[str, dict[tuple[str, ...], Callable[[SecurityParser], exp.Expr]]] = {}
    for words, reader in readers.items():
        found.setdefault(words[0], {})[words] = reader
    return found


_READERS: Mapping[str, Readers] = _by_first_word(
    {
        **dict.fromkeys(
            (("CREATE", "ROLE"), ("CREATE", "USER"), ("CREATE", "GROUP")), SecurityParser.create_role
        ),
        **dict.fromkeys(
            (("ALTER", "ROLE"), ("ALTER", "USER"), ("ALTER", "GROUP")), SecurityParser.alter_role
        ),
        **dict.fromkeys((("DROP", "ROLE"), ("DROP", "USER"), ("DROP", "GROUP")), SecurityParser.drop_role),
        **dict.fromkeys(
            (("SET", "ROLE"), ("SET", "SESSION", "ROLE"), ("SET", "LOCAL", "ROLE")), SecurityParser.set_role
        ),
        **dict.fromkeys(
            (
                ("SET", "SESSION", "AUTHORIZATION"),
                ("SET", "SESSION", "SESSION", "AUTHORIZATION"),
                ("SET", "LOCAL", "SESSION", "AUTHORIZATION"),
            ),
            SecurityParser.set_session_authorization,
        ),
        ("RESET", "ROLE"): SecurityParser.reset_role,
        ("RESET", "SESSION", "AUTHORIZATION"): SecurityParser.reset_session_authorization,
        ("REASSIGN", "OWNED", "BY"): SecurityParser.reassign_owned,
        ("DROP", "OWNED", "BY"): SecurityParser.drop_owned,
        ("GRANT",): SecurityParser.grant,
        ("REVOKE",): SecurityParser.revoke,
        ("ALTER", "DEFAULT", "PRIVILEGES"): SecurityParser.alter_default_privileges,
        ("CREATE", "POLICY"): SecurityParser.create_policy,
        ("ALTER", "POLICY"): SecurityParser.alter_policy,
        ("DROP", "POLICY"): SecurityParser.drop_policy,
        ("CREATE", "TAG"): SecurityParser.create_tag,
        ("ALTER", "TAG"): SecurityParser.alter_tag,
        ("DROP", "TAG"): SecurityParser.drop_tag,
        ("CREATE", "MASKING", "POLICY"): SecurityParser.create_masking_policy,
        ("CREATE", "OR", "REPLACE", "MASKING", "POLICY"): SecurityParser.create_masking_policy,
        ("ALTER", "MASKING", "POLICY"): SecurityParser.alter_masking_policy,
        ("DROP", "MASKING", "POLICY"): SecurityParser.drop_masking_policy,
        ("CREATE", "ENCRYPTION", "KEY"): SecurityParser.create_encryption_key,
        ("DROP", "ENCRYPTION", "KEY"): SecurityParser.drop_encryption_key,
        ("ALTER", "DATABASE", "ROTATE", "WRAPPING", "KEY"): SecurityParser.rotate_wrapping_key,
        ("ALTER", "DATABASE", "ROTATE", "DATA", "KEYS"): SecurityParser.rotate_data_keys,
        ("EXPLAIN", "PERMISSION"): SecurityParser.explain_permission,
        **dict.fromkeys(
            (("REPORT", "SUBJECT"), ("EXPORT", "SUBJECT"), ("ERASE", "SUBJECT")),
            SecurityParser.subject_statement,
        ),
        ("KILL",): SecurityParser.kill,
        ("CREATE", "RESOURCE", "GROUP"): SecurityParser.create_resource_group,
        ("ALTER", "RESOURCE", "GROUP"): SecurityParser.alter_resource_group,
        ("DROP", "RESOURCE", "GROUP"): SecurityParser.drop_resource_group,
        ("CREATE", "TENANT"): SecurityParser.create_tenant,
        ("ALTER", "TENANT"): SecurityParser.alter_tenant,
        ("DROP", "TENANT"): SecurityParser.drop_tenant,
        ("CREATE", "RETENTION", "POLICY"): SecurityParser.create_retention_policy,
        ("DROP", "RETENTION", "POLICY"): SecurityParser.drop_retention_policy,
        ("APPLY", "RETENTION", "POLICIES"): SecurityParser.apply_retention_policies,
    }
)
"""The reader of each statement, which stands behind these words."""
