"""Roles: their definition, and in whose name a session acts."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from avila.planner.dialect import nodes
from avila.planner.dialect.lexer import STRING, WORD
from avila.planner.dialect.masking import MaskingParser

GROUP_WORD: Final = "group_word"
"""The mark of a role behind the word GROUP, which says nothing."""
_ATTRIBUTES = tuple(
    prefix + word
    for word in ("SUPERUSER", "CREATEDB", "CREATEROLE", "INHERIT", "LOGIN", "REPLICATION", "BYPASSRLS")
    for prefix in ("", "NO")
)
_MEMBERSHIPS = (("IN", "ROLE"), ("IN", "GROUP"), ("ROLE",), ("USER",), ("ADMIN",))


class RoleParser(MaskingParser):
    """Reads statements about roles."""

    def role(self) -> exp.Identifier:
        """Read the name of a role."""
        return self.name("a role")

    def principals(self) -> list[exp.Identifier]:
        """Read ``[GROUP] role, …``."""
        return self.csv(self._principal)

    def _principal(self) -> exp.Identifier:
        grouped = self.take("GROUP")
        role = self.role()
        if grouped:
            role.meta[GROUP_WORD] = True
        return role

    # --- CREATE and DROP ---

    def create_role(self) -> exp.Expr:
        """Read ``[IF NOT EXISTS] name [WITH] option …`` behind CREATE ROLE, USER or GROUP."""
        kind = self.previous.value
        exists = self._if_not_exists()
        node = nodes.CreateRole(this=self.role(), kind=kind, exists=exists)
        node.set("with_word", self.take("WITH") or None)
        while self.token.kind == WORD:
            node.append("expressions", self._membership() or self._attribute())
        return node

    def _attribute(self) -> exp.Expr:
        """Read an option that says what a role may do, and how it proves who it is."""
        first = self.token
        if word := self.take_any(*_ATTRIBUTES):
            option = nodes.RoleOption(this=word)
        elif self.take("CONNECTION", "LIMIT"):
            option = nodes.RoleOption(this="CONNECTION LIMIT", expression=self._signed())
        elif self.take("VALID", "UNTIL"):
            option = nodes.RoleOption(this="VALID UNTIL", expression=self.string("a time, as a string"))
        elif self.take("SYSID"):
            option = nodes.RoleOption(this="SYSID", expression=self.number())
        elif self.at("PASSWORD", "ENCRYPTED"):
            encrypted = self.take("ENCRYPTED") or None
            self.expect("PASSWORD")
            option = nodes.RoleOption(this="PASSWORD", expression=self._password(), encrypted=encrypted)
        elif self.at("UNENCRYPTED"):
            self.refuse("passwords are never stored unencrypted", hint="Leave the word out.")
        else:
            self.fail("expected an option of a role")
        return self.mark(option, first, self.previous)

    def _signed(self) -> exp.Expr:
        first = self.token
        sign = "-" if self.accept("-") else ""
        number = self.number()
        return self.mark(exp.Literal(this=sign + number.name, is_string=False), first, self.previous)

    def _password(self) -> exp.Expr:
        word = self.token
        return self.mark(exp.Null(), word) if self.take("NULL") else self.string("a password, as a string")

    def _membership(self) -> exp.Expr | None:
        """Read an option of CREATE ROLE that names other roles, if one stands here."""
        first = self.token
        for words in _MEMBERSHIPS:
            if self.take(*words):
                option = nodes.RoleOption(this=" ".join(words), expressions=self.csv(self.role))
                return self.mark(option, first, self.previous)
        return None

    def drop_role(self) -> exp.Expr:
        """Read ``[IF EXISTS] name, …`` behind DROP ROLE, USER or GROUP."""
        kind = self.previous.value
        exists = self.if_exists()
        return nodes.DropRole(kind=kind, expressions=self.csv(self.role), exists=exists)

    # --- ALTER ---

    def alter_role(self) -> exp.Expr:
        """Read ``name change`` behind ALTER ROLE, USER or GROUP."""
        kind = self.previous.value
        role = None if self.take("ALL") else self.role()
        database = self.name("a database") if self.take("IN", "DATABASE") else None
        if self.at("SET", "RESET") and not (role and not database and self._sets_tag()):
            return self._alter_setting(role, kind, database)
        if role is None or database:
            self.fail("expected SET or RESET")
        if self.take("RENAME", "TO"):
            return nodes.RenameRole(this=role, kind=kind, expression=self.role())
        if kind == "GROUP" and (verb := self.take_any("ADD", "DROP")):
            self.expect("USER")
            return nodes.AlterGroup(this=role, kind=verb, expressions=self.csv(self.role))
        attached = self.attachment(kind, role, None)
        if attached is not None:
            return attached
        node = nodes.AlterRole(this=role, kind=kind, with_word=self.take("WITH") or None)
        while self.token.kind == WORD:
            node.append("expressions", self._attribute())
        return node

    def _alter_setting(
        self, role: exp.Identifier | None, kind: str, database: exp.Identifier | None
    ) -> exp.Expr:
        if self.take("RESET"):
            reset = None if self.take("ALL") else self._setting_name()
            return nodes.ResetRoleSetting(this=role, kind=kind, database=database, setting=reset)
        self.expect("SET")
        if role is not None and database is None and self.take("RESOURCE", "GROUP"):
            group = None if self.take("NONE") else self.name("a resource group")
            return nodes.SetRoleResourceGroup(this=role, kind=kind, expression=group)
        zone = self.take("TIME", "ZONE")
        setting = exp.Var(this="TIME ZONE") if zone else self._setting_name()
        operator = None if zone else self._assigns()
        return nodes.SetRoleSetting(
            this=role,
            kind=kind,
            database=database,
            setting=setting,
            operator=operator,
            expressions=self.csv(self._setting_value),
        )

    # --- in whose name ---

    def set_role(self) -> exp.Expr:
        """Read ``[TO | =] name | 'name' | NONE`` behind SET [SESSION | LOCAL] ROLE."""
        scope = self.peek(-2).value
        node = nodes.SetRole(scope=None if scope == "SET" else scope)
        if self.on("=") or self.at("TO"):
            node.set("operator", self._assigns())
        if not self.take("NONE"):
            node.set("this", self._role_or_string())
        return node

    def set_session_authorization(self) -> exp.Expr:
        """Read ``name | 'name' | DEFAULT`` behind SET [SESSION | LOCAL] SESSION AUTHORIZATION."""
        scope = self.peek(-3).value
        node = nodes.SetSessionAuthorization(scope=None if scope == "SET" else scope)
        if not self.take("DEFAULT"):
            node.set("this", self._role_or_string())
        return node

    def _role_or_string(self) -> exp.Expr:
        return self.alias_label() if self.token.kind == STRING else self.role()

    def reset_role(self) -> exp.Expr:
        """Return the tree of RESET ROLE."""
        return nodes.ResetRole()

    def reset_session_authorization(self) -> exp.Expr:
        """Return the tree of RESET SESSION AUTHORIZATION."""
        return nodes.ResetSessionAuthorization()

    def reassign_owned(self) -> exp.Expr:
        """Read ``role, … TO role`` behind REASSIGN OWNED BY."""
        owners = self.csv(self.role)
        self.expect("TO")
        return nodes.ReassignOwned(expressions=owners, expression=self.role())

    def drop_owned(self) -> exp.Expr:
        """Read ``role, … [CASCADE | RESTRICT]`` behind DROP OWNED BY."""
        owners = self.csv(self.role)
        return nodes.DropOwned(expressions=owners, behaviour=self.behaviour())

    def behaviour(self) -> str | None:
        """Read CASCADE or RESTRICT, if it is there."""
        return self.take_any("CASCADE", "RESTRICT")
