"""Commands of the program in processes of their own, forked from one that has imported it.

Starting Python and importing the program is most of what a short command takes.  A child of this
server has that behind it and is otherwise a process as a user starts one: its own arguments,
folder, environment, streams, signals and exit status.  ``tests.app.forked`` asks it.

``python -m tests.app.fork_server FD``: a socket on which each request is one JSON message
(``arguments``, ``folder``, ``environment``) with four descriptors: the child's streams, and a
socket that is told its process number and, once it has ended, its exit status (minus the signal
that ended it).
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import traceback

from fencang.app import commands

MESSAGE_BYTES_MAX = 1 << 20
DESCRIPTORS = 4
MODULE = "fencang.app.main"
HEAVY = ("numba", "scipy.stats", "fencang.planning.kernels", "fencang.margin.span.kernels")


def imported():
    """Import what commands need, but the command line itself: the child runs it as ``-m`` does."""
    for name in HEAVY:
        importlib.import_module(name)
    for found in pkgutil.iter_modules(commands.__path__, commands.__name__ + "."):
        importlib.import_module(found.name)
    gc.freeze()


def run(request, streams):
    """Become the command; never returns."""
    status = 1
    try:
        for number, descriptor in enumerate(streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.stdout.reconfigure(write_through="PYTHONUNBUFFERED" in os.environ)
        sys.argv = [MODULE, *request["arguments"]]
        runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ended:
        status = status_of(ended)
    except BaseException:  # noqa: BLE001 - as the interpreter does it at the end of a program
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


def status_of(ended):
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    sys.stderr.write(f"{ended.code}\n")
    return 1


def watch(request, streams, asker):
    """Start the command, tell its number and how it ended; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(asker)
        run(request, streams)
    for descriptor in streams:
        os.close(descriptor)
    told = socket.socket(fileno=asker)
    told.send(b"%d" % child)
    _, waited = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # nobody asks any more
        told.send(b"%d" % os.waitstatus_to_exitcode(waited))
    os._exit(0)


def serve(channel):
    """Serve one request after another until the asker is gone."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE_BYTES_MAX, DESCRIPTORS)
        if not message:
            return
        if os.fork() == 0:
            channel.close()
            *streams, asker = descriptors
            watch(json.loads(message), streams, asker)
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who watch end by themselves
    imported()
    serve(socket.socket(fileno=int(sys.argv[1])))
