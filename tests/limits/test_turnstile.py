"""Admission: never more inside than may be, first come first served, and no place is ever lost."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from avila import errors
from avila.limits.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_MS = 20_000
WAIT_S = 10


class Caller:
    """Who waits for a place, in a thread of its own."""

    def __init__(self, turnstile: Turnstile, width: int, queue: int, wait_ms: int = LONG_MS) -> None:
        self.error: errors.Error | None = None
        self.told: errors.Error | None = None
        self.waiting = threading.Event()
        self.over = threading.Event()
        self._wake: Callable[[], None] | None = None
        self._enter = (width, queue, wait_ms, self)
        self._turnstile = turnstile
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._turnstile.enter(*self._enter)
        except errors.Error as error:
            self.error = error
        self.over.set()
        self.waiting.set()

    def waits(self, wake: Callable[[], None] | None) -> None:
        """Be told how to be woken."""
        self._wake = wake
        if wake is not None:
            self.waiting.set()

    def raise_if_stopped(self) -> None:
        """Raise what one was told."""
        if self.told is not None:
            raise self.told

    def stop(self, error: errors.Error) -> None:
        """Have it stop waiting."""
        self.told = error
        if self._wake is not None:
            self._wake()


def settled(caller: Caller) -> bool:
    """Whether it is inside or refused, rather than waiting; once that is known."""
    assert caller.waiting.wait(WAIT_S)
    return caller.over.is_set()


class Machine(RuleBasedStateMachine):
    """Callers come, leave and give up; a list says who must be where."""

    width, queue_max = 2, 3

    def __init__(self) -> None:
        super().__init__()
        self.turnstile = Turnstile("resource group g")
        self.inside: list[Caller] = []
        self.queue: deque[Caller] = deque()

    @rule()
    def come(self) -> None:
        caller = Caller(self.turnstile, self.width, self.queue_max)
        if len(self.inside) < self.width:
            assert settled(caller)
            assert caller.error is None
            self.inside.append(caller)
        elif len(self.queue) < self.queue_max:
            assert not settled(caller)
            self.queue.append(caller)
        else:
            assert settled(caller)
            assert isinstance(caller.error, errors.ConfigurationLimitExceeded)

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        self.inside.remove(data.draw(st.sampled_from(self.inside)))
        self.turnstile.leave()
        if self.queue:
            first = self.queue.popleft()
            assert first.over.wait(WAIT_S)
            assert first.error is None
            self.inside.append(first)

    @precondition(lambda self: self.queue)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        caller = data.draw(st.sampled_from(list(self.queue)))
        error = errors.QueryCanceled("stopped")
        caller.stop(error)
        assert caller.over.wait(WAIT_S)
        assert caller.error is error
        self.queue.remove(caller)

    @invariant()
    def nobody_is_lost(self) -> None:
        assert self.turnstile.inside == len(self.inside)
        assert self.turnstile.queued == len(self.queue)

    def teardown(self) -> None:
        for caller in self.queue:
            caller.stop(errors.QueryCanceled("the test is over"))


TestTurnstile = Machine.TestCase
TestTurnstile.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_a_wait_is_bounded_in_time() -> None:
    turnstile = Turnstile("resource group g")
    Caller(turnstile, 1, 1).over.wait(WAIT_S)
    late = Caller(turnstile, 1, 1, wait_ms=20)
    assert late.over.wait(WAIT_S)
    assert isinstance(late.error, errors.QueryCanceled)
    assert turnstile.queued == 0
    assert turnstile.inside == 1


def test_the_error_says_how_many_may() -> None:
    turnstile = Turnstile("resource group g")
    Caller(turnstile, 1, 0).over.wait(WAIT_S)
    with pytest.raises(
        errors.ConfigurationLimitExceeded, match="resource group g runs 1 statements"
    ) as caught:
        turnstile.enter(1, 0, 0, Caller(Turnstile("another"), 1, 0))
    assert caught.value.sqlstate == "53400"
