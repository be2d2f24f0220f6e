"""``preview``: what a pack makes of some data, in a browser, made anew on every save."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from reportgen.cli.state import FILE, State, pass_state
from reportgen.errors import EnvironmentFault, UsageFault


@click.command()
@click.argument("pack", metavar="PACK")
@click.argument("data", metavar="DATA...", nargs=-1, required=True, type=FILE)
@click.option(
    "--as",
    "subject",
    type=click.Choice(["inspection", "comparison", "history"]),
    help="What to make; default: of one file an inspection, of two a comparison, of more or a folder a history.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; default: one that is free."
)
@click.option("--lang", default="en-GB", show_default=True, help="The language of the pack's own words.")
@click.option("--decisions", type=FILE, help="A decisions file; default: decisions.yaml beside the data.")
@click.option("--baseline", metavar="ID", help="Of a history: the inspection to hold against the latest one.")
@click.option("--open", "browse", is_flag=True, help="Open it in the browser.")
@pass_state
def preview(
    state: State,
    pack: str,
    data: tuple[Path, ...],
    subject: str | None,
    port: int,
    lang: str,
    decisions: Path | None,
    baseline: str | None,
    browse: bool,
) -> None:
    """Serve a live preview of PACK with DATA on this machine alone, until interrupted.

    Its address is printed to stdout. It is made anew whenever a template, a style or the data is saved.
    """
    from reportgen import collection
    from reportgen.packs.preview import Preview, serve
    from reportgen.rendering import load_project
    from reportgen.rendering.finding import find

    files = collection.find(data)
    # what is not there at all is told here; what is wrong in it, in the page
    _, unread = collection.providers(data)
    if any(error.code == "RG101" for error in unread):
        raise next(error for error in unread if error.code == "RG101")
    folder = any(path.is_dir() for path in data)
    subject = subject or ("history" if folder or len(files) > 2 else ("inspection", "comparison")[len(files) - 1])
    if len(files) != {"inspection": 1, "comparison": 2}.get(subject, len(files)):
        raise UsageFault(
            "RG507", f"{len(files)} files for a {subject}", hint="name one for an inspection, two to compare"
        )
    project = load_project(Path())
    find(pack, project)
    options = {"lang": lang, "decisions": str(decisions.resolve()) if decisions else None, "baseline": baseline}
    shown = Preview(str(Path(pack).resolve()) if Path(pack).is_dir() else pack, files, subject, project, **options)
    try:
        server = serve(shown, port)
    except OSError as error:
        message = f"port {port} cannot be had: {error.strerror or error}"
        raise EnvironmentFault("RG503", message, hint="name another one, or leave --port out") from None
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    click.echo(address)
    state.say("stop it with Ctrl+C")
    threading.Thread(target=shown.watch, daemon=True).start()
    if browse:
        import webbrowser

        webbrowser.open(address)
    try:
        server.serve_forever()
    finally:
        shown.stop()
        server.server_close()
