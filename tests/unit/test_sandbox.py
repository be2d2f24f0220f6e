"""The sandbox counts work, so that no template goes on without end; what is ordinary is not in its way."""

from __future__ import annotations

import time
from typing import Any

import pytest
from jinja2.exceptions import SecurityError

from reportgen.sandbox import Environment


def run(source: str, **context: Any) -> str:
    environment = Environment(lambda _: (source, "page", lambda: True), {})
    environment.begin()
    return "".join(environment.get_template("page").generate(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% for d in xs %}{% set e = 1 %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{% macro one(n) %}{{ two(n) }}{{ two(n) }}{% endmacro %}{% macro two(n) %}{% if n %}{{ one(n - 1) }}{{ one(n - 1) }}{% endif %}{% endmacro %}{{ one(30) }}",
        "{% for a in xs %}{% for b in xs %}{% include 'page' %}{% endfor %}{% endfor %}",
        "{% for a in xs recursive %}{{ loop(xs) }}{% endfor %}",
        "{% for a in xs %}{% for b in xs %}{% for c in xs %}{{ text | upper | lower | length }}{% endfor %}{% endfor %}{% endfor %}",
    ],
    ids=["loops", "macros", "includes", "recursive", "filters"],
)
def test_a_template_without_end_is_stopped(source: str) -> None:
    before = time.process_time()
    with pytest.raises((SecurityError, RecursionError)):
        run(source, xs=list(range(300)), text="word " * 20_000)
    assert time.process_time() - before < 20


def test_ordinary_loops_are_as_they_were() -> None:
    source = "{% for x in xs %}{{ loop.index }}/{{ loop.length }}{{ x }}{{ ', ' if not loop.last }}{% else %}none{% endfor %}"
    assert run(source, xs=["a", "b"]) == "1/2a, 2/2b"
    assert run(source, xs=[]) == "none"
    assert run(source, xs={"k": 1}) == "1/1k"
    assert run(source, xs=(x for x in "ab")) == "1/2a, 2/2b"
    pairs = "{% for a, b in xs.items() if b %}{{ a }}={{ b }};{% endfor %}"
    assert run(pairs, xs={"x": 1, "y": 0}) == "x=1;"
    tree = "{% for x in xs recursive %}{{ x.n }}({{ loop(x.k) }}){% endfor %}"
    assert run(tree, xs=[{"n": 1, "k": [{"n": 2, "k": []}]}]) == "1(2())"


def test_each_run_has_all_its_work_again() -> None:
    environment = Environment(lambda _: ("{% for x in xs %}{{ x }}{% endfor %}", "page", lambda: True), {})
    for _ in range(3):
        environment.begin()
        made = "".join(environment.get_template("page").generate({"xs": ["x"] * 400_000}))
        assert len(made) == 400_000
