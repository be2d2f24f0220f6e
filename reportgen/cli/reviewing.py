"""``review``: deciding the doubtful links."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.outputs import deliver
from reportgen.cli.state import FILE, OUT, State, pass_state

if TYPE_CHECKING:
    from reportgen.model import Inspection


@click.command()
@click.argument("earlier", type=FILE)
@click.argument("later", type=FILE)
@click.option("--decisions", type=FILE, help="The decisions file; default: decisions.yaml beside the later inspection.")
@click.option("-o", "--output", type=OUT, help="A new file for the answers, or for the form; decisions.yaml stays.")
@click.option("--to", type=click.Choice(["html"]), help="Write a form to answer in a browser, instead of asking here.")
@click.option("--answers", type=FILE, help="Add the answers that the form saved to the decisions file.")
@click.option("--all", "every", is_flag=True, help="Ask about strong links too, and about every candidate.")
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="When; default: today.")
@click.option("--lexicon", default="profile", metavar="KEY|FILE|none", help="As for compare.")
@pass_state
def review(
    state: State,
    earlier: Path,
    later: Path,
    decisions: Path | None,
    output: Path | None,
    to: str | None,
    answers: Path | None,
    every: bool,
    by: str | None,
    on: Any,
    lexicon: str,
) -> None:
    """Decide which recommendations of EARLIER and LATER belong together: the doubtful ones, one after the other.

    What is decided is added to decisions.yaml beside the later inspection, where everything that stands in it stays.
    """
    import datetime

    from reportgen import api
    from reportgen.reviewing import decided, questions

    target = decisions or later.parent / "decisions.yaml"
    if answers is not None:
        added = api.add_decisions(
            target if output is None else output, api.load_decisions(answers).links, new=bool(output)
        )
        state.say(f"{target if output is None else output}: {_entries(added)} added")
        return
    given = decisions if decisions and decisions.exists() else None
    compared = api.compare_files(earlier, later, decisions=given, options=api.Options(lexicon=lexicon))
    first, second, comparison = compared.earlier, compared.later, compared.comparison
    state.findings(compared.findings)
    asked = questions(comparison, first, second, every=every)
    if to == "html":
        from reportgen.reviewing.form import form

        deliver(state, form(asked, first, second).encode("utf-8"), output)
        return
    if not asked:
        state.say("nothing is doubtful: there is nothing to decide")
        return
    said = _ask(asked, second)
    if not said:
        state.say("nothing was decided")
        return
    name = by or click.prompt("Your name", err=True)
    day = on.date() if on else datetime.date.today()  # noqa: DTZ011 -- the day of the person who decides
    entries = decided(said, first, second, by=name, on=day)
    written = target if output is None else output
    count = api.add_decisions(written, entries, new=output is not None)
    state.say(f"{written}: {_entries(count)} added")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


_KEYS = "[a]ccept, [r]eject, [l]ink the earlier one to another, [n]ote, [s]kip, [b]ack, [q]uit and save"
_RELATIONS = {"": None, "o": "reworded", "n": "narrowed", "b": "broadened"}


def _ask(asked: Sequence[Any], later: Inspection) -> list[Any]:
    """Go through the questions; what was answered when the person stops, also by the end of the input, counts."""
    from reportgen.reviewing import Answer
    from reportgen.reviewing.form import why

    width = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100))
    given: dict[int, list[Any]] = {}
    note: str | None = None
    at = 0
    while at < len(asked):
        q = asked[at]
        pair = (q.earlier.id, q.later.id)
        click.echo("", err=True)
        click.echo(click.style(f"{at + 1} of {len(asked)}: {pair[0]} and {pair[1]}", bold=True), err=True)
        for label, text in (("earlier", q.earlier.text), ("later", q.later.text)):
            start = f"  {label}: "
            click.echo(click.wrap_text(text, width, start, " " * len(start)), err=True)
        for line in why(q):
            click.echo(click.wrap_text(line, width, "  ", "    "), err=True)
        if note:
            click.echo(f"  note: {note}", err=True)
        try:
            key = click.prompt(_KEYS, default="s", show_default=False, err=True).strip().lower()[:1]
            if key == "n":
                note = click.prompt("Note", default="", show_default=False, err=True).strip() or None
                continue
            if key in ("a", "l"):
                chosen = pair[1] if key == "a" else _other(later, pair[1])
                if chosen is None:
                    continue
                how = click.prompt(
                    "The later one is: in [o]ther words, [n]arrower, [b]roader, or nothing to leave it open",
                    default="",
                    show_default=False,
                    err=True,
                )
                relation: Any = _RELATIONS.get(how.strip().lower()[:1])
                given[at] = [] if key == "a" else [Answer(*pair, "rejected", note=note)]
                given[at].append(Answer(pair[0], chosen, "confirmed", relation, note))
            elif key == "r":
                given[at] = [Answer(*pair, "rejected", note=note)]
            elif key == "b":
                at = max(0, at - 1)
                given.pop(at, None)
                note = None
                continue
            elif key == "q":
                break
            elif key != "s":
                continue
        except click.Abort:
            click.echo("", err=True)
            break
        at, note = at + 1, None
    return [answer for n in sorted(given) for answer in given[n]]


def _other(later: Inspection, asked: str) -> str | None:
    """Another recommendation of the later report, chosen by its id; None for none."""
    for r in later.recommendations:
        click.echo(f"  {r.id}: {' '.join(r.text.split()[:10])} …", err=True)
    ids = {r.id.lower(): r.id for r in later.recommendations if r.id != asked}
    said = (
        click.prompt("Which one, by its id (nothing: none)", default="", show_default=False, err=True).strip().lower()
    )
    return ids.get(said)
