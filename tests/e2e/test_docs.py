"""The documentation is true: every command, option, code, key and template name is in it, and its examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel

from reportgen import cli, data_files, errors, read_inspection, rendering
from reportgen.model import Framework
from reportgen.rendering import finding, packs
from tests.support.examples import INSPECTIONS, ROOT

DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append(((*path, name), command))
    return found


@pytest.mark.parametrize(
    ("path", "command"), commands(cli.cli), ids=lambda x: " ".join(x) if isinstance(x, tuple) else ""
)
def test_every_command_and_option_is_documented(path: tuple[str, ...], command: click.Command) -> None:
    text = page("cli.md")
    assert f"`reportgen {' '.join(path)}" in text
    section = text[text.index(f"## {path[0]}") :]
    section = section[: section.find("\n## ", 3)] if "\n## " in section[3:] else section
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert any(name in section for name in option.opts), option.opts


def test_every_global_option_is_documented() -> None:
    for option in (p for p in cli.cli.params if isinstance(p, click.Option)):
        assert all(f"`{name}`" in page("cli.md") for name in option.opts), option.opts


def test_every_code_and_exit_code_is_documented_and_no_other() -> None:
    text = page("notices.md")
    assert set(re.findall(r"^\| (RG\d+) \|", text, re.MULTILINE)) == set(errors.CODES)
    for code, meaning in errors.CODES.items():
        assert f"| {code} | {meaning} |" in text, code
    numbers = {int(n) for row in re.findall(r"^\| ([\d, ]+) \|", text, re.MULTILINE) for n in row.split(", ")}
    assert numbers == {int(code) for code in errors.Exit}


def keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    if model in seen:
        return set()
    seen.add(model)
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
        for inner in models_in(field.annotation):
            found |= keys(inner, seen)
    return found


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for argument in getattr(annotation, "__args__", ()) for m in models_in(argument)]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("inspection", "data-format.md"),
        ("decisions", "data-format.md"),
        ("events", "data-format.md"),
        ("comparison", "data-format.md"),
        ("framework", "frameworks.md"),
        ("crosswalks", "frameworks.md"),
        ("lexicon", "matching.md"),
        ("calibration", "matching.md"),
        ("pack", "templates.md"),
    ],
)
def test_every_key_is_documented(kind: str, name: str) -> None:
    text = page(name)
    missing = [
        key for key in keys(data_files.MODELS[kind], set()) if not re.search(rf"`[^`\n]*\b{re.escape(key)}\b", text)
    ]
    assert missing == []


@pytest.mark.parametrize(("subject", "names"), rendering.CONTEXT.items())
def test_every_template_name_is_documented(subject: str, names: tuple[str, ...]) -> None:
    text = page("templates.md")
    section = text[text.index(f"## What a{'n' if subject == 'inspection' else ''} {subject} template gets") :]
    section = section[: section.index("\n## ")]
    assert set(
        re.findall(r"`(\w+)`(?=,| \|)", "\n".join(line.split(" | ")[0] + " |" for line in section.splitlines()))
    ) == set(names)


def test_templates_get_exactly_the_documented_names(monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen import build_history, compare

    given: dict[str, set[str]] = {}
    real = packs.Pack.run

    def spy(self: Any, template: str, context: Any) -> str:
        given[template] = set(context)
        return real(self, template, context)

    monkeypatch.setattr(packs.Pack, "run", spy)
    first = read_inspection(INSPECTIONS / "ashmere" / "ashmere-2010-03.yaml")
    rendering.render(first)
    rendering.render(compare(first, first))
    rendering.render(build_history([first]))
    assert given["inspection.html.j2"] == set(rendering.CONTEXT["inspection"])
    assert given["comparison.html.j2"] == set(rendering.CONTEXT["comparison"])
    assert given["history.html.j2"] == set(rendering.CONTEXT["history"])
    text = page("templates.md")
    assert all(f"`{name}`" in text for name in given["page.html.j2"])


def test_every_function_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)\(", page("templates.md"), re.MULTILINE))
    assert documented == set(rendering.FUNCTIONS)


def test_every_project_setting_is_documented() -> None:
    text = page("templates.md")
    assert all(re.search(rf"^\[?{key}\b", text, re.MULTILINE) for key in keys(finding.ProjectFile, set()))


def test_every_block_is_documented() -> None:
    rows = dict(re.findall(r"^\| `standard/([\w.]+)` \| (.*) \|$", page("templates.md"), re.MULTILINE))
    folder = ROOT / "templates" / "standard"
    found = {
        path.name: set(re.findall(r"{% block (\w+)", path.read_text(encoding="utf-8")))
        for path in folder.glob("*.html.j2")
    }
    documented = {name: set(re.findall(r"`(\w+)`", row)) for name, row in rows.items()}
    assert documented == {name: blocks for name, blocks in found.items() if blocks}


def test_every_shipped_profile_is_listed() -> None:
    from reportgen.frameworks import framework_keys

    listed = set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", page("frameworks.md").split("## Shipped profiles")[1], re.MULTILINE)
    )
    assert listed == set(framework_keys())


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)


def test_the_example_inspection_and_profile_load(tmp_path: Path) -> None:
    (inspection,) = blocks("data-format.md", "yaml")
    path = tmp_path / "x.yaml"
    path.write_text(inspection, encoding="utf-8")
    assert read_inspection(path).provider.short_name == "Ashmere"
    (profile,) = blocks("frameworks.md", "yaml")
    path.write_text(profile, encoding="utf-8")
    assert data_files.load(path, Framework).value.key == "harbour-2024"


def test_the_tutorial_runs(tmp_path: Path) -> None:
    (tmp_path / "inspections").symlink_to(INSPECTIONS)
    (letter,) = blocks("tutorial.md", "text")
    (tmp_path / "letter.txt").write_text(letter, encoding="utf-8")
    ran = 0
    for block in blocks("tutorial.md", "console"):
        command, *said = block.splitlines()
        done = subprocess.run(
            f"{sys.executable} -m {command.removeprefix('$ ')}",
            shell=True,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        for line in said:
            assert line in done.stderr.splitlines(), (command, done.stderr)
        ran += 1
    assert ran >= 6


def test_the_published_schemas_are_those_of_the_program() -> None:
    for kind in ("inspection", "comparison", "history", "decisions", "events", "lexicon", "pack"):
        stored = json.loads((DOCS / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
        assert stored == data_files.schema(data_files.MODELS[kind]), (
            f"reportgen schema {kind} -o docs/schema/{kind}.json"
        )


def test_links_between_pages_lead_somewhere() -> None:
    for path in (ROOT / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_the_accessibility_statement_names_the_versions_that_are_pinned() -> None:
    text = page("accessibility.md")
    pinned = dict(
        re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    referees = json.loads((ROOT / "tests" / "referees" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    named = {"vnu-jar": "Nu validator"}
    for name, version in (*referees.items(), *((n, pinned[n]) for n in ("page-validation", "docx-integrity"))):
        assert f"{named.get(name, name)} {version}" in text, name
