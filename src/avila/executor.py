"""The statement path in the process that owns the database: text, plan, kernel, answer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from avila import commands, errors
from avila.catalog import persistence
from avila.catalog.roles import OWNER
from avila.execution.gates import NOTHING, Gates
from avila.execution.knowledge import Knowledge
from avila.execution.plans import denied, kernel_parameters, locator, open_source, writes
from avila.frames import kept_table
from avila.kernel.arrow_answer import ArrowAnswer
from avila.kernel.duckdb.engine import literal
from avila.kernel.duckdb.lifted import lift
from avila.limits.answer import MeteredAnswer
from avila.limits.writes import tenants_written
from avila.planner import planner
from avila.planner.dialect import nodes
from avila.planner.parameters import parameter_types
from avila.planner.plan import Kind
from avila.recording import Recorder
from avila.security.authority import Authority, Principal
from avila.settings import SETTINGS
from avila.storage.paths import check_path
from avila.storage.stores import LAKE, NATIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from avila.catalog.changes import Change
    from avila.catalog.objects import Catalog
    from avila.executor_state import Transaction
    from avila.instance import Instance
    from avila.kernel.base import Answer
    from avila.kernel.duckdb.answer import DuckDBAnswer
    from avila.limits.running import Running
    from avila.planner.plan import Context, Plan, Statement

    Parameters = Sequence[Any] | Mapping[str, Any] | None
    Frames = Callable[[str], object | None]

CLOSE_AGAIN_S = 0.02


class Executor:
    """One line of statements of one principal. Calls from several threads wait for each other."""

    def __init__(self, instance: Instance, number: int, role: str = OWNER) -> None:
        self.instance = instance
        self.number = number
        self.principal = Principal(role, role)
        self.connection = instance.engine.connect()
        self.limits = instance.governor.session(number, self.interrupt)
        self.transaction: Transaction | None = None
        self.catalog, self.schema = NATIVE, "main"
        self.settings: dict[str, Any] = {}
        self.prepared: dict[str, Statement] = {}
        self.knowledge = Knowledge(self)
        self.gates = Gates(self)
        self._lock = threading.RLock()
        self._closed = False
        self.custom: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.recorder = Recorder(instance.audit, instance.history, number, self.principal)
        self._identify()
        for name, value in instance.settings.kernel("session").items():
            self.connection.run(f"SET SESSION {name} = {_literal(value)}", rows=False)

    @property
    def alive(self) -> bool:
        """Whether statements can still be run."""
        return self.instance.alive and not self.limits.told

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.transaction is not None

    def execute(self, sql: str, parameters: Parameters = None, frames: Frames | None = None) -> Answer:
        """Run the statements of a text and return the answer of the last.

        ``frames`` gives the caller's data frames by name, for names that are no tables.
        """
        with self._lock:
            answer: Answer | None = None
            for plan in self._recorded(sql, self._plans(sql, parameters, frames)):
                recording, running = self.recorder.statement(plan), self._running(plan)
                with recording, running:
                    answer = self.run(plan, parameters, frames)
                if plan.kind is not Kind.QUERY:
                    self.instance.storage.wrote()
                if plan.returns_rows or isinstance(plan.tree, nodes.ExecutePrepared):
                    answer = MeteredAnswer(answer, running, recording.finish)
                else:
                    recording.finish(answer.rowcount)
            return ArrowAnswer.empty() if answer is None else answer

    def _recorded(self, sql: str, plans: Iterator[Plan]) -> Iterator[Plan]:
        """Yield the plans; a statement for which there is none is recorded as refused."""
        try:
            yield from plans
        except errors.Error as error:
            self.recorder.refused(sql, error)
            raise

    def run(self, plan: Plan, parameters: Parameters = None, frames: Frames | None = None) -> Answer:
        """Run one plan."""
        if plan.kind is Kind.COMMAND:
            return commands.run(self, plan, parameters)
        for extension in plan.extensions:
            self.instance.engine.load(extension)
        for path in plan.paths:
            check_path(path.resolve(parameters), self.instance.layout, plan.statement.text)
        sources = {call.slot: open_source(self, call, parameters, frames) for call in plan.sources}
        if self.limits.storage_bounded and plan.kind is not Kind.QUERY:
            self.instance.storage.require_room(tenants_written(plan, self.knowledge.context()))
        with self.gates.writing(plan), self.transaction or NOTHING, self._with_changes(plan):
            answer = self._run_kernel(plan, sources, parameters)
        if plan.kind is Kind.DEFINITION:
            self._defined(plan)
            if plan.changes and NATIVE not in plan.writes:
                self._change_later(plan.changes)
        return lift(self.connection, answer, plan.lifted) if plan.lifted else answer

    def _run_kernel(self, plan: Plan, sources: Mapping[str, Any], parameters: Parameters) -> DuckDBAnswer:
        try:
            return self.connection.run(
                plan.sql,
                kernel_parameters(plan, parameters),
                sources=sources,
                rows=plan.returns_rows,
                writes=writes(plan),
                lists=plan.lists,
                of_lake=LAKE in plan.writes or any(catalog == LAKE for catalog, _, _ in plan.tables),
                statement=plan.statement.text,
                locate=locator(plan),
            )
        except (errors.UndefinedColumn, errors.UndefinedTable, errors.BindingError) as error:
            raise denied(plan, error) from None

    def context(self) -> Context:
        """Return what planning depends on now."""
        return self.knowledge.context()

    def described(self) -> Catalog:
        """Return what the database knows about itself, as this session's transaction sees it."""
        return self.knowledge.context().described

    @property
    def authority(self) -> Authority:
        """What the session's current role may do, by the catalog as its transaction sees it."""
        return self.knowledge.context().authority

    def _running(self, plan: Plan) -> Running:
        """Return a statement that begins, within what limits it; what Avila carries out itself has no limits."""
        if plan.kind is Kind.COMMAND and not isinstance(plan.tree, nodes.ExecutePrepared):
            return self.limits.unlimited(plan)
        self.limits.refresh(
            self.instance.relations.version, self.identity, self.described, self.principal, self.setting
        )
        return self.limits.statement(plan)

    def require_superuser(self, what: str) -> None:
        """Raise InsufficientPrivilege when the current role is no superuser."""
        self.authority.require_superuser(what)

    def authorize(self) -> None:
        """Take on what the session's role starts with; InvalidAuthorization when there is no such role."""
        name, roles = self.principal.session_user, self.described().roles
        if name not in roles and name.lower() in roles:
            name = name.lower()  # as in SQL, where only a quoted name keeps its case
        if name not in roles:
            self.close()
            raise errors.InvalidAuthorization(f'role "{name}" does not exist')
        self.act(Principal(name, name))
        commands.settings.start(self)

    def become(self, role: str) -> None:
        """Act as another role from now on; who may is the caller's to check."""
        self.act(replace(self.principal, current_user=role))

    def act(self, principal: Principal) -> None:
        """Act as a principal from now on; who may is the caller's to check."""
        self.principal = self.recorder.principal = principal
        self._numbers = self._role_numbers(self.knowledge.described())
        self._identify()

    def check_roles(self, described: Catalog) -> None:
        """Raise InvalidAuthorization when a role that the session acts as is gone, even if its name is used again."""
        if self._numbers and self._role_numbers(described) != self._numbers:
            raise errors.InvalidAuthorization(
                f'role "{self.principal.current_user}" was dropped or renamed', hint="Open another session."
            )

    def _role_numbers(self, described: Catalog) -> dict[str, int]:
        names = (self.principal.session_user, self.principal.current_user)
        return {name: described.roles[name].number for name in names if name in described.roles}

    def change(self, *changes: Change) -> None:
        """Change what the database knows about itself, in the open transaction or by itself."""
        own = self.transaction is None
        transaction = self.transaction or commands.transaction.begin(self)
        try:
            self.gates.enter(transaction)
            self._append(changes)
        except errors.Error:
            if own:
                commands.transaction.rollback(self)
            raise
        if own:
            commands.transaction.commit(self)

    def _with_changes(self, plan: Plan) -> AbstractContextManager[None]:
        """Keep what a definition changes in the catalog together with it."""
        return self._changing(plan) if plan.changes and NATIVE in plan.writes else NOTHING

    @contextmanager
    def _changing(self, plan: Plan) -> Iterator[None]:
        own = self.transaction is None
        if own:
            # The gate is passed already, and an ALTER's checkpoint waits outside: only the kernel needs to know.
            self.connection.run("BEGIN TRANSACTION", rows=False)
        try:
            yield
            self._append(plan.changes)
            if own:
                self.connection.run("COMMIT", rows=False)
        except BaseException:
            if own:
                self.connection.run("ROLLBACK", rows=False)
            raise

    def _change_later(self, changes: Sequence[Change]) -> None:
        """Change the catalog for what happened in the lake: by itself, once the open transaction has committed."""
        if self.transaction is None:
            self.change(*changes)
        else:
            self.transaction.deferred.extend(changes)

    def _append(self, changes: Sequence[Change]) -> None:
        """Keep changes in the open transaction."""
        persistence.append(self.connection, self.described(), changes)
        self.recorder.changed(changes)
        if self.transaction is not None:
            self.transaction.definitions = True
        self.knowledge.privately_defined(keep=False)

    def setting(self, name: str) -> Any:
        """Return a setting's value in this session."""
        return self.settings.get(name, self.instance.settings[name])

    def text_of_setting(self, name: str) -> str | None:
        """Return a setting as a text, the user's own ones (with a dot in their names) too; None when there is none."""
        if name in SETTINGS:
            value = self.setting(name)
            return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)
        return self.custom.get(name)

    def keep_setting(self, name: str, value: Any) -> None:
        """Remember a setting of this session."""
        self.settings[name] = value
        self._identify()

    def forget_setting(self, name: str) -> None:
        """Remember a setting of this session no more."""
        self.settings.pop(name, None)
        self._identify()

    def set_custom(self, name: str, value: str | None) -> None:
        """Set a setting of the user's own, such as ``app.tenant``, which policies may go by; None forgets it."""
        self.custom.pop(name, None)
        if value is not None:
            self.custom[name] = value
        self._identify()

    def _identify(self) -> None:
        """Note what makes this session's plans its own: who it acts as, and what its policies may go by."""
        self._restricted = self.principal.current_user != OWNER
        self.identity: Hashable = (
            self.principal,
            frozenset(self.custom.items()),
            frozenset(self.settings.items()),
        )

    def register(self, name: str, frame: object) -> None:
        """Make a frame a temporary table of this session."""
        with self._lock:
            self.connection.register(name, kept_table(frame))
            self.knowledge.privately_defined(keep=True)

    def unregister(self, name: str) -> None:
        """Forget a registered frame."""
        with self._lock:
            self.connection.unregister(name)
            self.knowledge.privately_defined(keep=True)

    def watch(self) -> None:
        """Keep count of how far statements are from now on."""
        with self._lock:
            self.connection.watch()

    @property
    def progress(self) -> float | None:
        """How far the running statement is, 0 to 100; None when that cannot be told."""
        return self.connection.progress

    def interrupt(self) -> None:
        """Cancel the running statement; from any thread."""
        self.connection.interrupt()

    def terminate(self, error: errors.Error) -> None:
        """End the session: what it runs, and whatever it is asked to run, ends with an error; from any thread."""
        self.limits.end(error)
        self.instance.governor.alarm.after(0, self._close_ended)

    def _close_ended(self) -> float | None:
        """Close an ended session; return in how many seconds to try again while it is still at work."""
        # This is the alarm's thread, which interrupts what runs until that ends: it must not wait for it here.
        if self.limits.running or not self._lock.acquire(blocking=False):
            return CLOSE_AGAIN_S
        try:
            if not self._closed:
                self.connection.abandon()
                self.close()
        finally:
            self._lock.release()
        return None

    def close(self) -> None:
        """Let the running statement end, roll back an open transaction, and close; harmless when repeated."""
        if self.instance.forked:
            return  # this is a child's copy, and the kernel's threads are in its parent
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self.transaction is not None:
                commands.transaction.rollback(self)
            self.connection.close()
            self.recorder.closed()
            self.instance.governor.close(self.limits)
            self.instance.forget(self)

    def _plans(self, sql: str, parameters: Parameters, frames: Frames | None) -> Iterator[Plan]:
        """Yield the plan of each statement, planned when the one before has run."""
        self.limits.raise_if_ended()
        if self._closed:
            raise errors.ConnectionDoesNotExist("the session is closed")
        state: Hashable = self.knowledge.state()
        types = parameter_types(parameters) if parameters and self._restricted else {}
        if types:
            state = (state, tuple(types.items()))
        cached = self.instance.plans.get(sql, state)
        if cached is not None:
            yield cached
            return
        statements = planner.statements(sql)
        if parameters and len(statements) > 1:
            raise errors.UndefinedParameter(
                f"parameters were given for {len(statements)} statements", hint="Run them one by one."
            )
        for statement in statements:
            plan = self._plan(statement, frames, types)
            if len(statements) == 1 and not any(call.frame for call in plan.sources):
                self.instance.plans.put(sql, state, plan)
            yield plan

    def _plan(self, statement: Statement, frames: Frames | None, types: Mapping[str, str]) -> Plan:
        try:
            context = self.knowledge.context(frames)
            return planner.plan(statement, replace(context, parameters=types) if types else context)
        except errors.Error as error:
            error.statement = statement.text if error.statement is None else error.statement
            raise

    def _defined(self, plan: Plan) -> None:
        temporary = bool(plan.tree.args.get("temporary")) or bool(plan.tree.find(exp.TemporaryProperty))
        if self.transaction is not None:
            self.transaction.definitions = True
            self.knowledge.privately_defined(keep=temporary)
        elif temporary:
            self.knowledge.privately_defined(keep=True)
        else:
            self.knowledge.publish()


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | bool) else literal(str(value))
