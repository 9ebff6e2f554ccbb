"""Alerts at work: a thread that ticks, apart from the event loop and from the commits.

It wakes once a second.  A fault of the queue (a full disk) ends nothing: it is told to ``on_fault``
and the next tick tries again.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from fencang.gateways.alerts.dispatch import AlertDispatch
from fencang.gateways.alerts.store import AlertStoreFault

__all__ = ["CHANNELS_MAX", "TICK_S", "AlertService", "sending_threads"]

TICK_S = 1.0
SETTLE_S = 0.05
CHANNELS_MAX = 16


def sending_threads(channels: int) -> ThreadPoolExecutor:
    """Return one thread for each channel: none waits for another."""
    assert 0 <= channels <= CHANNELS_MAX
    return ThreadPoolExecutor(max(1, channels), thread_name_prefix="fencang-alert-channel")


class AlertService:
    """``start`` once, ``stop`` at the end; what was not sent by then is sent after the restart."""

    def __init__(
        self,
        dispatch: AlertDispatch,
        executor: ThreadPoolExecutor,
        clock: Callable[[], int],
        on_fault: Callable[[str], None],
    ) -> None:
        self._dispatch, self._executor = dispatch, executor
        self._clock, self._on_fault = clock, on_fault
        self._ends, self._leaves = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="fencang-alerts", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self, *, within_s: float = 35.0) -> None:
        """Let messages that are on their way arrive, at most ``within_s``, and end the thread."""
        self._ends.set()
        self._thread.join(within_s)
        self._leaves.set()  # what is still on its way is sent again after the restart
        self._thread.join()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._ends.wait(TICK_S):
            self._guarded(self._dispatch.tick)
        self._guarded(self._dispatch.tick)
        while not (self._dispatch.is_idle or self._leaves.wait(SETTLE_S)):
            self._guarded(self._dispatch.settle)

    def _guarded(self, step: Callable[[int], None]) -> None:
        try:
            step(self._clock())
        except AlertStoreFault as fault:
            self._on_fault(str(fault))
        except Exception as fault:  # noqa: BLE001 - alerts must outlive what they stumble over
            self._on_fault(f"an alert could not be handled: {fault!r}")
