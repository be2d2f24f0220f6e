"""Jobs for child processes, for the tests of ``workers``."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from reportgen.errors import InputError, InputErrors, Where


def double(number: int, wait: float = 0.0) -> dict[str, int]:
    time.sleep(wait)
    return {"double": 2 * number, "process": os.getpid()}


def limits() -> dict[str, float]:
    import resource

    return {
        "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "seconds": resource.getrlimit(resource.RLIMIT_CPU)[0],
        "used": time.process_time(),
    }


def report(path: str, what: str = "fine") -> str:
    """Leave the process id in a file, then do something bad, or nothing."""
    with Path(path).open("a") as file:
        file.write(f"{os.getpid()}\n")
    match what:
        case "sleep":
            time.sleep(60)
        case "spin":
            while True:
                pass
        case "memory":
            held = [bytearray(50_000_000) for _ in range(100)]
            return str(len(held))
        case "segfault":
            ctypes.string_at(0)
        case "killed once" if len(Path(path).read_text().split()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(7)
        case "bug":
            raise ZeroDivisionError("by hand")
        case "deep":
            return _deep(0)
        case "print":
            print("among the replies?", flush=True)
            os.write(1, b"or here?")
            print("or there?", file=sys.stderr)
        case "error":
            raise InputError("RG201", "no good", where=Where(file="x", line=3), hint="try another")
        case "errors":
            raise InputErrors([InputError("RG108", "b", where=Where(line=9)), InputError("RG109", "a")])
    return what


def _deep(depth: int) -> Any:
    return _deep(depth + 1) + "x"
