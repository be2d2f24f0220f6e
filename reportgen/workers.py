"""Killable child processes with limits of time and memory, for files that came from somewhere else.

A library that reads PDF can be kept busy for minutes, or given gigabytes to hold, by a file of a few kilobytes, and no
alarm inside the process gets through to it. So such files are read in children: fresh interpreters that load the heavy
modules once, do one job after another, and are replaced after some of them or when one dies. What goes in and comes
out is JSON. A child ends by itself as soon as its parent is gone, however the parent went.

A job is a function, named ``module:function``, that takes keywords and gives something that JSON can hold.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from reportgen.errors import Bug, EnvironmentFault, InputError, ReportgenError, as_data, from_data

try:
    import resource
except ImportError:  # Windows has no such limits; there the parent's clock is the only one
    resource = None  # type: ignore[assignment]

#: Jobs after which a child is replaced: libraries keep memory that they once had.
_JOBS = 50
#: A job may wait this many times its processor time on a busy machine before the parent ends it.
_PATIENCE = 4
_TOO_LONG = "took more than {:g} s and was stopped"
_TOO_LARGE = "needs more than {:.0f} MB of memory"
_HINT = "look whether the file is damaged; --time-limit and --memory-limit allow more"

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use.

    Units: ``seconds`` of processor time, where the system can limit that; by the clock at most four times as much.
    ``memory`` in bytes of address space, where the system can limit that.
    """

    seconds: float = 6.0
    memory: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one job: a value, or an error."""

    value: Any = None
    error: ReportgenError | None = None


def call(task: str, arguments: Arguments, *, limits: Limits | None = None) -> Any:
    """Do one job in a child, which is kept for the next call.

    Returns:
        What the function gave, as JSON holds it.

    Raises:
        ReportgenError: what the function raised.
        InputError: the job took more time or memory than it may, or the child broke down over it (RG505).
        Bug: the function raised anything else (RG508).
    """
    limits = limits or Limits()
    with _spare_lock:
        child = _spare.pop((os.getpid(), limits), None)
    outcome, child = _attempt(child, task, arguments, limits, (task.partition(":")[0],))
    if child is not None:
        with _spare_lock:
            replaced = _spare.pop((os.getpid(), limits), None)
            _spare[os.getpid(), limits] = child
        if replaced is not None:
            replaced.close()
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def run(
    task: str,
    jobs: Sequence[Arguments],
    *,
    processes: int | None = None,
    limits: Limits | None = None,
    preload: Sequence[str] = (),
    done: Callable[[], None] = lambda: None,
) -> Generator[Outcome, None, None]:
    """Do many jobs in several children at once.

    Args:
        task: the function that does a job.
        jobs: the keywords for each.
        processes: how many children; None takes one a processor.
        limits: of each job; None takes the usual ones.
        preload: modules that each child loads before its first job, besides that of the task.
        done: called in this thread after each job that has ended, in whichever order they end.

    Returns:
        One outcome a job, in the order of the jobs. Close the iterator (``contextlib.closing``) to end all children at
        once; leaving it to be collected would do that too, but later.
    """
    limits = limits or Limits()
    modules = (task.partition(":")[0], *preload)
    waiting = iter(range(len(jobs)))
    ended: queue.SimpleQueue[tuple[int, Outcome]] = queue.SimpleQueue()
    children: dict[int, _Child] = {}
    lock, stop = threading.Lock(), threading.Event()

    def work(number: int) -> None:
        child: _Child | None = None

        def started(new: _Child) -> None:
            with lock:
                children[number] = new
                if stop.is_set():
                    new.kill()

        while not stop.is_set():
            with lock:
                index = next(waiting, None)
            if index is None:
                break
            try:
                outcome, child = _attempt(child, task, jobs[index], limits, modules, started, stop)
            except ReportgenError as error:
                outcome, child = Outcome(error=error), None
            ended.put((index, outcome))
        if child is not None:
            child.close()

    count = max(1, min(processes or os.cpu_count() or 1, len(jobs)))
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    finished = False
    try:
        early: dict[int, Outcome] = {}
        for index in range(len(jobs)):
            while index not in early:
                with suppress(queue.Empty):
                    # the time-out lets a Ctrl-C through on every system
                    number, outcome = ended.get(timeout=0.2)
                    early[number] = outcome
                    done()
            yield early.pop(index)
        finished = True
    finally:
        stop.set()
        with lock:
            for child in () if finished else children.values():
                child.kill()
        for thread in threads:
            thread.join(timeout=2)


_spare: dict[tuple[int, Limits], _Child] = {}
_spare_lock = threading.Lock()


@atexit.register
def _close_spare() -> None:
    for (process, _), child in _spare.items():
        if process == os.getpid():
            child.close()


def _attempt(
    child: _Child | None,
    task: str,
    arguments: Arguments,
    limits: Limits,
    modules: Sequence[str],
    started: Callable[[_Child], None] = lambda _: None,
    stop: threading.Event | None = None,
) -> tuple[Outcome, _Child | None]:
    """Do a job in the child given, or in a new one; the outcome, and the child if it may do more."""
    for again in (True, False):
        if child is None:
            child = _Child(modules, limits)
            started(child)
        used = child.jobs > 0
        reply = child.ask(task, arguments)
        if reply is not None:
            break
        died = child.death()
        child.close()
        child = None
        # what broke a child may have been an earlier file, or somebody from outside
        if again and died.retry(used) and not (stop and stop.is_set()):
            continue
        return Outcome(error=InputError("RG505", died.message, hint=_HINT)), None
    assert reply is not None
    assert child is not None
    if child.jobs >= _JOBS or reply.get("full"):
        child.close()
        child = None
    if "value" in reply:
        return Outcome(reply["value"]), child
    error = from_data(reply["error"])
    for note in reply.get("notes", ()):
        error.add_note(note)
    return Outcome(error=error), child


@dataclass(frozen=True, slots=True)
class _Death:
    message: str
    signal: int | None = None

    def retry(self, used: bool) -> bool:
        return self.signal is not None and (used or self.signal in (signal.SIGTERM, getattr(signal, "SIGKILL", -1)))


class _Child:
    """One child process, seen from its parent."""

    def __init__(self, modules: Sequence[str], limits: Limits) -> None:
        setup = {"path": sys.path, "modules": list(modules), "seconds": limits.seconds, "memory": limits.memory}
        code = "import json, sys; setup = json.loads(sys.argv[1]); sys.path[:] = setup['path']; "
        code += "from reportgen import workers; workers.serve(setup)"
        self.limits = limits
        self.jobs = 0
        self.late = False
        try:
            self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter
                [sys.executable, "-P", "-c", code, json.dumps(setup)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # a Ctrl-C in the terminal is for the parent, which ends its children
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            message = f"a child process cannot be started: {error.strerror or error}"
            raise EnvironmentFault("RG501", message, hint="end some other programs") from None

    def ask(self, task: str, arguments: Arguments) -> dict[str, Any] | None:
        """Have a job done; None where the child died of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.jobs += 1
        self.late = False
        clock = threading.Timer(self.limits.seconds * _PATIENCE, self._expire)
        clock.daemon = True
        clock.start()
        try:
            _send(self.process.stdin, {"task": task, "arguments": dict(arguments)})
            return _receive(self.process.stdout)
        except (OSError, ValueError):
            return None
        finally:
            clock.cancel()

    def _expire(self) -> None:
        self.late = True
        self.kill()

    def death(self) -> _Death:
        """Why the child ended."""
        code = self.process.wait()
        if self.late or code == -getattr(signal, "SIGXCPU", 0):
            return _Death(_TOO_LONG.format(self.limits.seconds * (_PATIENCE if self.late else 1)))
        if code >= 0:
            return _Death(f"the process that read it ended with exit code {code}", signal=0)
        with suppress(ValueError):
            name = signal.Signals(-code).name
            # libraries written in C end the process where they get no more memory
            why = f"{name}: out of memory, or a fault in a library" if name in ("SIGABRT", "SIGTRAP") else name
            return _Death(f"the process that read it broke down ({why})", signal=-code)
        return _Death(f"the process that read it broke down (signal {-code})", signal=-code)

    def kill(self) -> None:
        with suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """Let the child go; one that does not go is ended."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError, ValueError):
                    pipe.close()
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()


# -- the wire --------------------------------------------------------------------------------------------------------


def _send(pipe: BinaryIO | Any, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode("ascii")
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def _receive(pipe: BinaryIO | Any) -> dict[str, Any] | None:
    """The next message; None at the end of the pipe."""
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return dict(json.loads(data)) if len(data) == size else None


# -- inside a child --------------------------------------------------------------------------------------------------


def serve(setup: dict[str, Any]) -> None:
    """Be a child: load modules, then do the jobs that come in on stdin, until its other end is closed."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # what a library prints must not get among the replies, nor may it read the requests
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    _limit_memory(setup["memory"])
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def listen() -> None:
        while (message := _receive(requests)) is not None:
            waiting.put(message)
        # The parent has let go, or is no more: whatever is being done is for nobody.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    for module in setup["modules"]:
        import_module(module)
    while True:
        request = waiting.get()
        _limit_time(setup["seconds"])
        reply = _do(request, setup)
        try:
            _send(replies, reply)
        except OSError:
            return


def _do(request: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    module, _, name = request["task"].partition(":")
    try:
        return {"value": getattr(import_module(module), name)(**request["arguments"])}
    except ReportgenError as error:
        return {"error": as_data(error)}
    except MemoryError:
        full = InputError("RG505", _TOO_LARGE.format(setup["memory"] / 1_000_000), hint=_HINT)
        return {"error": as_data(full), "full": True}
    except RecursionError:
        return {"error": as_data(InputError("RG107", "nested too deep to be read", hint="look at the file"))}
    except Exception as error:  # noqa: BLE001 -- whatever it is goes to the parent, which tells of it
        message = f"{type(error).__name__}: {error}"
        bug = Bug("RG508", message, hint="run again with --debug and report it")
        return {"error": as_data(bug), "notes": [traceback.format_exc()]}


def _limit_memory(size: int) -> None:
    if resource is None:
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Let the system end this process once it has used this much more processor time."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = math.ceil(time.process_time() + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
