"""The boundary: every way a run can end becomes one of the exit codes, and one line that says why."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import click

from reportgen.cli.state import State
from reportgen.errors import Exit, ReportgenError, Where


class ReaderGone(Exception):
    """Whoever read our output has closed the pipe."""


class Commands(click.Group):
    """The top of the command line. click ends a closed pipe with exit code 1, so it must not see one."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except BrokenPipeError:
            raise ReaderGone from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGone from None


def guarded(run: Callable[[], Any]) -> NoReturn:
    """Run, and turn every way a run can end into one of the exit codes."""
    debug = "--debug" in sys.argv[1:]
    state = State(verbose=False, quiet=False, debug=debug, as_json="--json" in sys.argv[1:], strict=False)
    try:
        try:
            run()
        except SystemExit:
            raise
        except (ReaderGone, BrokenPipeError):
            # nothing is wrong; but Python would complain again when it closes stdout
            _let_go_of_stdout()
        except BaseException as error:  # noqa: BLE001 -- this is the boundary
            if debug:
                import traceback

                traceback.print_exception(error)
            code = _ended(error, state)
            if isinstance(error, OSError):
                _let_go_of_stdout()
            sys.exit(code)
    except OSError:
        # stderr cannot be written either: the exit code is all that can be said
        _let_go_of_stdout()
        sys.exit(Exit.ENVIRONMENT)
    sys.exit(Exit.FINE)


def _ended(error: BaseException, state: State) -> Exit:
    """Say on one line how a run ended that did not end well; the exit code for it."""
    match error:
        case click.ClickException():
            context = getattr(error, "ctx", None)
            hint = f"see `{context.command_path} --help`" if context else "see `reportgen --help`"
            state.report("error", "RG507", " ".join(error.format_message().split()).rstrip("."), Where(), hint)
            return Exit.USAGE
        case click.Abort() | KeyboardInterrupt():
            return Exit.INTERRUPTED
        case ReportgenError():
            state.error(error)
            return error.exit_code
        case MemoryError():
            state.report("error", "RG505", "out of memory", Where(), "give the process more, or a smaller input")
            return Exit.ENVIRONMENT
        case OSError():
            where = Where(file=str(error.filename) if error.filename else None)
            message = f"the machine refused: {error.strerror or error}"
            state.report("error", "RG503", message, where, "check the disk and the permissions")
            return Exit.ENVIRONMENT
    click.echo(
        f"error: a bug in reportgen: {type(error).__name__}: {error} – run again with --debug and report it", err=True
    )
    return Exit.BUG


def _let_go_of_stdout() -> None:
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
