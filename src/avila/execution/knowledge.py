"""What planning depends on, as one session sees it: names, columns, rights; shared by sessions that see the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from avila.catalog import persistence
from avila.catalog.objects import Catalog
from avila.catalog.relations import Facts, by_name
from avila.planner.plan import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from avila.executor import Executor
    from avila.kernel.duckdb.connection import DuckDBConnection

    Frames = Callable[[str], object | None]


class Knowledge:
    """The state that a session's statements are planned in."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._private = 0
        self._keeps_private = False
        self._context: tuple[Hashable, Context] | None = None

    def context(self, frames: Frames | None = None) -> Context:
        """Return what planning depends on now."""
        state = self.state()
        if self._context is None or self._context[0] != state:
            facts = self._facts()
            self._executor.check_roles(facts.described)
            context = Context(
                self._executor.instance.functions(facts.described),
                facts.relations,
                self._executor.catalog,
                self._executor.schema,
                macros=lambda: facts.macros(self._executor.connection),
                described=facts.described,
                principal=self._executor.principal,
                columns=lambda: facts.columns(self._executor.connection),
                definitions=lambda: facts.definitions(self._executor.connection),
                system_definitions=lambda: facts.system_definitions(self._executor.connection),
                macro_definitions=lambda: facts.macro_definitions(self._executor.connection),
                setting=self._executor.text_of_setting,
                mask_key=self._executor.instance.mask_key,
            )
            self._context = (state, context)
        context = self._context[1]
        return context if frames is None else replace(context, frames=lambda name: frames(name) is not None)

    def described(self) -> Catalog:
        """Return the catalog, whatever became of the session's role."""
        return self._facts().described

    def privately_defined(self, *, keep: bool) -> None:
        """Say that this session sees other definitions than the rest; ``keep`` when a commit does not end that."""
        self._private += 1
        self._keeps_private |= keep

    def publish(self) -> None:
        """Say that definitions of this session became everybody's, or were rolled back."""
        self._executor.instance.relations.changed()
        if not self._keeps_private:
            self._private = 0

    def state(self) -> Hashable:
        """Return what tells this session's names from another's; equal for sessions that see the same."""
        executor = self._executor
        shared = (executor.instance.relations.version, executor.catalog, executor.schema, executor.identity)
        return shared if not self._private else (*shared, executor.number, self._private)

    def _facts(self) -> Facts:
        """Return what the kernel and the catalog know, shared by the sessions that see the same."""
        version = self._executor.instance.relations.version
        known = None if self._private else self._executor.instance.relations.get(version)
        if known is not None:
            return known
        if self._private or self._executor.transaction is None:
            facts = self._read_facts(self._executor.connection)
        else:
            # An open transaction may see an older state, which must not pass as the newest: rights that were taken away
            # since would come back, for everybody.
            connection = self._executor.instance.engine.connect()
            try:
                facts = self._read_facts(connection)
            finally:
                connection.close()
        if not self._private:
            self._executor.instance.relations.put(version, facts)
        return facts

    def _read_facts(self, connection: DuckDBConnection) -> Facts:
        relations = by_name(connection.relations())
        if persistence.KEY not in relations:
            return Facts(relations, Catalog())
        return Facts(relations, persistence.load(connection, self._executor.instance.relations.last()))
