"""The command line: arguments, wording of output, exit codes. Every command is a thin face of ``api``.

Results go to stdout, everything else to stderr. Heavy modules are imported inside the commands that need them.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from reportgen import __version__
from reportgen.cli import data, exporting, frameworks, histories, importing, previewing, reports, reviewing, templates
from reportgen.cli.boundary import Commands, guarded
from reportgen.cli.state import State
from reportgen.errors import Exit


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="reportgen")
@click.option("-v", "--verbose", is_flag=True, help="Also print information notices.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.")
@click.option("--json", "as_json", is_flag=True, help="Messages and lists as JSON.")
@click.option("--strict", is_flag=True, help="Warnings make the run fail (exit 1).")
@click.pass_context
def cli(context: click.Context, *, verbose: bool, quiet: bool, debug: bool, as_json: bool, strict: bool) -> None:
    """Read published inspections as data, render them in every format, compare them."""
    context.obj = State(verbose=verbose, quiet=quiet, debug=debug, as_json=as_json, strict=strict)


for command in (
    importing.import_command,
    data.check,
    data.new,
    data.schema,
    frameworks.frameworks,
    reports.render,
    reports.compare,
    histories.history,
    exporting.export,
    reviewing.review,
    templates.templates,
    previewing.preview,
    data.doctor,
):
    cli.add_command(command)


def main() -> NoReturn:
    """The console script."""
    import signal

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # nohup has the second one ignored, and it stays so
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(Exit.TERMINATED))
    guarded(lambda: cli(standalone_mode=False))
