"""One thread for what happens later: it happens in order, once, and not after it was cancelled."""

from __future__ import annotations

import threading
import time

import pytest

from avila.limits.alarm import Alarm

FAR_S = 3600.0


@pytest.fixture
def alarm() -> Alarm:
    """Return an alarm that is stopped at the end of the process, as its thread is a daemon."""
    return Alarm()


def test_what_is_due_happens_in_order(alarm: Alarm) -> None:
    happened: list[str] = []
    done = threading.Event()

    def note(name: str) -> None:
        happened.append(name)
        if name == "later":
            done.set()

    alarm.after(0.05, lambda: note("later"))
    alarm.after(0.0, lambda: note("now"))
    assert done.wait(10)
    assert happened == ["now", "later"]


def test_what_is_cancelled_does_not_happen(alarm: Alarm) -> None:
    happened: list[str] = []
    done = threading.Event()
    ticket = alarm.after(0.02, lambda: happened.append("cancelled"))
    alarm.after(0.04, lambda: done.set())
    ticket.cancel()
    assert done.wait(10)
    assert happened == []


def test_cancel_waits_for_what_is_just_happening(alarm: Alarm) -> None:
    """Or else an interrupt that was meant for one statement would reach the next."""
    begun, go_on = threading.Event(), threading.Event()
    finished: list[bool] = []

    def call() -> None:
        begun.set()
        go_on.wait(10)
        finished.append(True)

    ticket = alarm.after(0.0, call)
    assert begun.wait(10)
    threading.Timer(0.05, go_on.set).start()
    ticket.cancel()
    assert finished == [True]


def test_something_repeats_until_it_is_over(alarm: Alarm) -> None:
    left, done = [3], threading.Event()

    def call() -> float | None:
        left[0] -= 1
        if left[0]:
            return 0.001
        done.set()
        return None

    alarm.after(0.0, call)
    assert done.wait(10)


def test_what_goes_wrong_does_not_stop_the_rest(alarm: Alarm) -> None:
    done = threading.Event()

    def wrong() -> float | None:
        raise ValueError("on purpose")

    alarm.after(0.0, wrong)
    alarm.after(0.01, lambda: done.set())
    assert done.wait(10)


def test_cancelled_deadlines_do_not_pile_up(alarm: Alarm) -> None:
    for _ in range(5_000):
        alarm.after(FAR_S, lambda: None).cancel()
    assert len(alarm._due) < 1_000


def test_one_thread_for_all(alarm: Alarm) -> None:
    before = threading.active_count()
    for _ in range(100):
        alarm.after(FAR_S, lambda: None)
    assert threading.active_count() == before + 1
    alarm.stop()
    assert threading.active_count() == before


def test_nothing_happens_once_it_is_stopped(alarm: Alarm) -> None:
    happened: list[str] = []
    alarm.after(0.01, lambda: happened.append("late"))
    alarm.stop()
    alarm.after(0.0, lambda: happened.append("too late"))
    time.sleep(0.05)  # it is the absence of something that is looked for
    assert happened == []
