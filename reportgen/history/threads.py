"""Threads: recommendations followed through the inspections of a line.

Each inspection's recommendations are held against those of the graded inspection before it and of visits since, exactly
as a comparison of the two does. What is new there is then held against all older lists, at a higher bar. A thread is a
tree of links; links of the weakest band and links to another subject do not join threads, so that one recommendation
that speaks of many things does not glue them together. What a person confirmed or a report declares is never cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from reportgen.comparing import (
    compare_recommendations,
    is_covered,
    looked_at,
    mentions_of,
    reader_for,
    units,
)
from reportgen.history.series import Series, Stop
from reportgen.matching import Options, Reader, Thresholds, decide, rulings_for, score, thresholds_for
from reportgen.matching.features import cleaned
from reportgen.matching.texts import tokens
from reportgen.model import (
    CutFrom,
    Decisions,
    Mention,
    Notice,
    Pair,
    Recommendation,
    RecommendationLink,
    ThreadCandidate,
    ThreadCell,
    ThreadItem,
    ThreadLink,
    text_sha,
)
from reportgen.model.comparison import Confidence
from reportgen.model.history import CellState, ItemState

_BASES = {"declared": 3, "confirmed": 2, "exact": 1, "inferred": 0}
#: Links below the first of these never join threads; the order is that of trust.
_CONFIDENCES = ("possible", "likely", "strong", "certain")


class Node(NamedTuple):
    """A recommendation of an inspection."""

    inspection: str
    recommendation: str


@dataclass(frozen=True, slots=True)
class Made:
    """A thread before the axes that people and dates add: its items in order of time, and what it is at each stop."""

    items: tuple[ThreadItem, ...]
    cells: tuple[ThreadCell, ...]
    cut_from: CutFrom | None
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threads:
    """All threads of a series, the pairs that were held against each other, and what there is to say about it."""

    threads: tuple[Made, ...]
    pairs: tuple[Pair, ...]
    notices: tuple[Notice, ...]


@dataclass(slots=True)
class _Graph:
    """What matching found, inspection by inspection."""

    links: dict[Node, list[ThreadLink]] = field(default_factory=lambda: defaultdict(list))
    onward: dict[Node, list[Node]] = field(default_factory=lambda: defaultdict(list))
    states: dict[Node, ItemState] = field(default_factory=dict)
    candidates: list[ThreadCandidate] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    notices: dict[str, Notice] = field(default_factory=dict)

    def add(self, later: Node, link: ThreadLink) -> None:
        self.links[later].append(link)
        self.onward[Node(link.inspection, link.recommendation)].append(later)


def build_threads(series: Series, decisions: Decisions | None, options: Options, *, mentions: bool = True) -> Threads:
    """Follow every recommendation of a series.

    Args:
        series: The inspections.
        decisions: What people decided about links; None: nothing.
        options: How to match.
        mentions: Look for the paragraphs of later reports that speak to a recommendation.

    Returns:
        Every recommendation of every inspection in exactly one thread; threads in the order of what begins them.

    Raises:
        InputError: A decision's hash and id disagree (RG115), or the lexicon cannot be read.
    """
    graph = _Graph()
    for stop in series.stops:
        if stop.recommends:
            _hold(series, stop, graph, decisions, options)
    by_node = {Node(s.id, r.id): r for s in series.stops for r in s.inspection.recommendations}
    readers = {line: _reader(stops, options) for line, stops in series.lines.items()}
    parents = {node: _main(graph.links.get(node, ())) for node in by_node}
    cuts = _cuts(series, by_node, parents, readers)
    roots = _roots(by_node, parents, cuts)
    members: dict[Node, list[Node]] = defaultdict(list)
    for node in by_node:
        members[roots[node]].append(node)
    found: dict[Node, dict[str, tuple[Mention, ...]]] = _mentions(series, by_node, members, readers) if mentions else {}
    threads = tuple(
        _thread(series, root, nodes, by_node, graph, parents, cuts, roots, readers, found)
        for root, nodes in members.items()
    )
    return Threads(threads, tuple(graph.pairs), tuple(graph.notices.values()))


def _reader(stops: Sequence[Stop], options: Options) -> Reader | None:
    frameworks = [s.framework for s in stops if s.recommends]
    return reader_for((frameworks[0], frameworks[-1]), options) if frameworks else None


# -- holding one list against others -----------------------------------------------------------------------------------


def _hold(series: Series, stop: Stop, graph: _Graph, decisions: Decisions | None, options: Options) -> None:
    """Hold the recommendations of one inspection against those before it: links, states, candidates."""
    later = {r.id: Node(stop.id, r.id) for r in stop.inspection.recommendations}
    states: dict[Node, list[str]] = defaultdict(list)
    for earlier in series.before(stop):
        frameworks = earlier.framework, stop.framework
        compared = compare_recommendations(
            earlier.inspection,
            stop.inspection,
            frameworks,
            series.edges(earlier, stop),
            decisions=decisions,
            options=options,
            reader=reader_for(frameworks, options),
        )
        changes = compared.changes
        for link in changes.links:
            graph.add(later[link.later], _thread_link(link, earlier, 0))
        for r in changes.later:
            states[later[r.id]].append(r.state)
        undecided = {r.id for r in changes.earlier if r.state == "needs_review"}
        for r in changes.later:
            for c in r.candidates:
                if (
                    not c.rejected
                    and (r.state == "needs_review" or c.id in undecided)
                    and c.score >= _review(options, earlier, stop)
                ):
                    graph.candidates.append(_candidate(stop, r.id, earlier, c.id, c.score))
        graph.pairs.append(
            Pair(
                earlier=earlier.id,
                later=stop.id,
                earlier_states=_counted(r.state for r in changes.earlier),
                later_states=_counted(r.state for r in changes.later),
                links=len(changes.links),
            )
        )
        graph.notices.update({n.message: n for n in compared.notices})
    for node in later.values():
        graph.states[node] = _item_state(states[node])
    _hold_older(series, stop, graph, decisions, options)


def _item_state(states: Sequence[str]) -> ItemState:
    """The state of a recommendation that was held against several lists: the one that says most."""
    order: tuple[ItemState, ...] = ("merged", "carried_same", "carried_reworded", "needs_review")
    return next((state for state in order if state in states), "new")


def _review(options: Options, earlier: Stop, later: Stop) -> float:
    return (options.thresholds or thresholds_for(reader_for((earlier.framework, later.framework), options))).review


def _hold_older(series: Series, stop: Stop, graph: _Graph, decisions: Decisions | None, options: Options) -> None:
    """Hold what is new at an inspection against all older lists, at a higher bar: only strong links, or a person's."""
    for older in series.older(stop):
        frameworks = older.framework, stop.framework
        reader = reader_for(frameworks, options)
        limits = at_a_gap(options.thresholds or thresholds_for(reader))
        rulings, notices = rulings_for(older.inspection, stop.inspection, decisions)
        graph.notices.update({n.message: n for n in notices})
        new = {r.id for r in stop.inspection.recommendations if graph.states[Node(stop.id, r.id)] == "new"}
        ended = {r.id for r in older.inspection.recommendations if not graph.onward.get(Node(older.id, r.id))}
        scores = score(older.inspection.recommendations, stop.inspection.recommendations, reader)
        chosen = decide(scores, rulings, limits)
        gap = len(series.between(older.id, stop.id))
        printed = older.inspection.wording == stop.inspection.wording == "printed"
        taken = 0
        for link in chosen.links:
            settled = link.basis != "inferred"
            if settled or (printed and link.later in new and link.earlier in ended):
                graph.add(Node(stop.id, link.later), _thread_link(link, older, gap))
                taken += 1
        for r in stop.inspection.recommendations:
            node = Node(stop.id, r.id)
            linked = any(x.inspection == older.id for x in graph.links.get(node, ()))
            if linked and graph.states[node] in ("new", "needs_review"):
                graph.states[node] = _back(series, older, stop, node, graph)
        # what reads like an old one, and is not near enough to be called that, is for a person to say
        near = {(x.earlier, x.later): x.score or 0.0 for x in chosen.links if x.basis == "inferred"}
        near |= {(c.id, name): c.score for name in chosen.later for c in chosen.later[name] if not c.rejected}
        for (one, two), value in sorted(near.items()):
            node = Node(stop.id, two)
            if two in new and one in ended and value >= limits.review and graph.states[node] in ("new", "needs_review"):
                graph.candidates.append(_candidate(stop, two, older, one, value))
                graph.states[node] = "needs_review"
        if taken:
            graph.pairs.append(Pair(earlier=older.id, later=stop.id, gap=gap, links=taken))


def at_a_gap(limits: Thresholds) -> Thresholds:
    """The higher bar for what leads back over an inspection: half the way from a strong link to certainty."""
    accept = (limits.strong + 1) / 2
    return replace(limits, accept=accept, review=limits.strong, show=limits.strong)


def _back(series: Series, older: Stop, stop: Stop, node: Node, graph: _Graph) -> ItemState:
    """The state of a recommendation stated before and then not: back, where somebody had looked meanwhile."""
    links = [x for x in graph.links[node] if x.inspection == older.id]
    recommendations = {r.id: r for r in older.inspection.recommendations}
    for between in series.between(older.id, stop.id):
        edges, judged = series.edges(older, between), series.covers(between)
        if any(is_covered(recommendations[x.recommendation], older.framework, edges, judged) for x in links):
            return "recurred"
    return "carried_same" if links[0].relation == "same" else "carried_reworded"


def _thread_link(link: RecommendationLink, earlier: Stop, gap: int) -> ThreadLink:
    return ThreadLink(
        inspection=earlier.id,
        recommendation=link.earlier,
        basis=link.basis,
        confidence=link.confidence,
        precision=link.precision if not gap else None,
        score=link.score,
        relation=link.relation,
        gap=gap,
        reasons=link.reasons,
        note=link.note,
    )


def _candidate(stop: Stop, later: str, older: Stop, earlier: str, value: float) -> ThreadCandidate:
    return ThreadCandidate(
        inspection=stop.id,
        recommendation=later,
        earlier_inspection=older.id,
        earlier_recommendation=earlier,
        score=value,
    )


def _counted(states: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for state in states:
        counts[state] += 1
    return dict(sorted(counts.items()))


# -- from links to threads ---------------------------------------------------------------------------------------------


def _trust(link: ThreadLink) -> tuple[int, int, float, int, str, str]:
    """How far a link is to be trusted; greater is better, and ties are broken by what it leads to."""
    value = link.score or 0.0
    return (
        _BASES[link.basis],
        _CONFIDENCES.index(link.confidence),
        value,
        -link.gap,
        link.inspection,
        link.recommendation,
    )


def _main(links: Iterable[ThreadLink]) -> ThreadLink | None:
    """The one link that a recommendation continues."""
    return max(links, key=_trust, default=None)


def _end(link: ThreadLink) -> Node:
    return Node(link.inspection, link.recommendation)


def _topics(recommendation: Recommendation, reader: Reader | None) -> dict[str, str]:
    """What a recommendation is about: the objects of practice that the lexicon finds, key to name."""
    if reader is None:
        return {}
    found = reader.topics(tokens(cleaned(recommendation.text, reader)))
    return {f.topic: reader.names[f.topic] for f in found if reader.kinds[f.topic] == "object"}


def _cuts(
    series: Series,
    by_node: Mapping[Node, Recommendation],
    parents: Mapping[Node, ThreadLink | None],
    readers: Mapping[str, Reader | None],
) -> dict[Node, str]:
    """Recommendations that begin a thread though they have a main link, and why.

    Weak links are cut first. Then, where a recommendation shares no topic with the one that begins its thread, the
    weakest inferred link on the way to it is cut, until all share one or nothing inferred is left to cut.
    """
    cuts = {
        node: "possible"
        for node, link in parents.items()
        if link is not None and link.basis == "inferred" and link.confidence == "possible"
    }
    about = {node: _topics(r, readers[series.by_id[node.inspection].line]) for node, r in by_node.items()}
    for node in by_node:
        while way := _way(node, parents, cuts):
            root = _end(way[-1][1])
            weak = [(n, link) for n, link in way if link.basis == "inferred"]
            if not weak or not about[node] or not about[root] or about[node].keys() & about[root].keys():
                break
            cuts[min(weak, key=lambda step: _trust(step[1]))[0]] = "other_topic"
    return cuts


def _way(
    node: Node, parents: Mapping[Node, ThreadLink | None], cuts: Mapping[Node, str]
) -> list[tuple[Node, ThreadLink]]:
    """The steps from a recommendation up to the root of its thread, each with the link that it takes."""
    way = []
    while (link := parents[node]) is not None and node not in cuts:
        way.append((node, link))
        node = _end(link)
    return way


def _roots(
    by_node: Mapping[Node, Recommendation], parents: Mapping[Node, ThreadLink | None], cuts: Mapping[Node, str]
) -> dict[Node, Node]:
    """The recommendation that begins the thread of each."""
    roots: dict[Node, Node] = {}
    for node in by_node:
        way = _way(node, parents, cuts)
        roots[node] = _end(way[-1][1]) if way else node
    return roots


def _mentions(
    series: Series,
    by_node: Mapping[Node, Recommendation],
    members: Mapping[Node, Sequence[Node]],
    readers: Mapping[str, Reader | None],
) -> dict[Node, dict[str, tuple[Mention, ...]]]:
    """The paragraphs of each later report that speak to a recommendation, while it is the latest of its thread."""
    found: dict[Node, dict[str, tuple[Mention, ...]]] = defaultdict(dict)
    for line, stops in series.lines.items():
        for stop in stops:
            if not stop.graded or stop.inspection.wording != "printed":
                continue
            latest = [node for nodes in members.values() for node in _latest_before(series, nodes, stop) if nodes]
            own = [node for node in latest if series.by_id[node.inspection].line == line]
            pieces = units(stop.inspection)
            # ids stand for their place in the list: two inspections may use the same ones
            renamed = [by_node[node].model_copy(update={"id": f"N{n}"}) for n, node in enumerate(own)]
            for name, some in mentions_of(renamed, pieces, readers[line]).items():
                found[own[int(name[1:])]][stop.id] = some
    return found


def _latest_before(series: Series, nodes: Sequence[Node], stop: Stop) -> list[Node]:
    """The recommendations that stated a thread last before an inspection."""
    earlier = [node for node in nodes if series.place[node.inspection] < series.place[stop.id]]
    last = max((series.place[node.inspection] for node in earlier), default=None)
    return [node for node in earlier if series.place[node.inspection] == last]


def _thread(
    series: Series,
    root: Node,
    nodes: Sequence[Node],
    by_node: Mapping[Node, Recommendation],
    graph: _Graph,
    parents: Mapping[Node, ThreadLink | None],
    cuts: Mapping[Node, str],
    roots: Mapping[Node, Node],
    readers: Mapping[str, Reader | None],
    mentions: Mapping[Node, Mapping[str, tuple[Mention, ...]]],
) -> Made:
    line = series.by_id[root.inspection].line
    items = tuple(_item(series, node, by_node[node], graph, parents[node]) for node in nodes)
    main = parents[root]
    cut_from = None
    if main is not None:
        why = cuts[root]
        cut_from = CutFrom(
            thread=thread_id(roots[_end(main)]), link=main, why="possible" if why == "possible" else "other_topic"
        )
    cells = []
    for stop in series.lines[line]:
        if series.place[stop.id] < series.place[root.inspection]:
            continue
        cell = _cell(series, stop, root, nodes, by_node, graph, roots, mentions)
        if cell is not None:
            cells.append(cell)
            later = any(series.place[node.inspection] > series.place[stop.id] for node in nodes)
            if cell.into and not cell.items and not later:
                # from here on it is told by the thread that took it over
                break
    topics = _topics(by_node[root], readers[line])
    return Made(items, tuple(cells), cut_from, tuple(dict.fromkeys(topics.values())))


def thread_id(root: Node) -> str:
    """The id of the thread that a recommendation begins."""
    return f"{root.inspection}:{root.recommendation}"


def _item(
    series: Series, node: Node, recommendation: Recommendation, graph: _Graph, link: ThreadLink | None
) -> ThreadItem:
    r, rules = recommendation, series.by_id[node.inspection].framework.recommendations
    also = sorted((x for x in graph.links.get(node, ()) if x != link), key=_trust, reverse=True)
    return ThreadItem(
        inspection=node.inspection,
        recommendation=r.id,
        state=graph.states.get(node, "new"),
        link=link,
        also=tuple(also),
        text=r.text,
        text_sha=text_sha(r.text),
        number=r.number,
        kind=r.kind,
        kind_label=next((k.label for k in rules.kinds if k.key == r.kind), None),
        heading=r.heading,
        timescale=r.timescale,
        timescale_label=next((b.labels[0] for b in rules.bands if b.key == r.timescale), None),
        addressee=r.addressee,
        addressee_label=next((a.label for a in rules.addressees if a.key == r.addressee), None),
        areas=r.areas,
        evidence=r.evidence,
    )


def _cell(
    series: Series,
    stop: Stop,
    root: Node,
    nodes: Sequence[Node],
    by_node: Mapping[Node, Recommendation],
    graph: _Graph,
    roots: Mapping[Node, Node],
    mentions: Mapping[Node, Mapping[str, tuple[Mention, ...]]],
) -> ThreadCell | None:
    """What a thread is at an inspection; None where nothing can be said: at visits and yearly ratings without it."""
    here = [node for node in nodes if node.inspection == stop.id]
    last = _latest_before(series, nodes, stop)
    said = _best_mentions(last, stop, mentions)
    into = tuple(
        dict.fromkeys(
            thread_id(roots[later])
            for node in last
            for later in graph.onward.get(node, ())
            if later.inspection == stop.id and roots[later] != root
        )
    )
    ends = {*here, *last}
    waiting = tuple(
        c
        for c in graph.candidates
        if c.inspection == stop.id
        and (
            Node(c.inspection, c.recommendation) in ends
            or (not here and Node(c.earlier_inspection, c.earlier_recommendation) in ends)
        )
    )
    if here:
        state = _stated([graph.states[node] for node in here], last, stop, graph)
        waiting = waiting if state == "needs_review" else ()
        return ThreadCell(
            inspection=stop.id,
            state=state,
            items=tuple(node.recommendation for node in here),
            into=into,
            confidence=_surest(here, graph),
            candidates=waiting,
            mentions=said,
        )
    if not stop.graded or not stop.recommends:
        return None
    if into:
        there = [n for x in last for n in graph.onward[x] if n.inspection == stop.id]
        return ThreadCell(
            inspection=stop.id,
            state="merged" if any(len(graph.links[n]) > 1 for n in there) else "carried_reworded",
            into=into,
            confidence=_surest(there, graph, among=last),
            mentions=said,
        )
    if waiting:
        return ThreadCell(inspection=stop.id, state="needs_review", candidates=waiting, mentions=said)
    return ThreadCell(inspection=stop.id, state=_absent(series, stop, last, by_node), mentions=said)


def _surest(nodes: Sequence[Node], graph: _Graph, among: Sequence[Node] | None = None) -> Confidence | None:
    """The confidence of the surest link of some recommendations, of those to certain others where such are given."""
    links = [x for node in nodes for x in graph.links.get(node, ()) if among is None or _end(x) in among]
    return max(links, key=_trust).confidence if links else None


def _stated(states: Sequence[ItemState], last: Sequence[Node], stop: Stop, graph: _Graph) -> CellState:
    """The state of a thread where it is stated: what became of the whole, then what its recommendations are."""
    if any(sum(n.inspection == stop.id for n in graph.onward.get(node, ())) > 1 for node in last):
        return "split"
    order: tuple[ItemState, ...] = ("merged", "recurred", "carried_same", "carried_reworded", "needs_review")
    return next((state for state in order if state in states), "new")


def _absent(series: Series, stop: Stop, last: Sequence[Node], by_node: Mapping[Node, Recommendation]) -> CellState:
    """Why an inspection does not state a thread; of several recommendations the one it looked at most counts."""
    found: set[CellState] = set()
    for node in last:
        own = series.by_id[node.inspection]
        found.add(
            looked_at(by_node[node], (own.framework, stop.framework), series.edges(own, stop), series.covers(stop))
        )
    order: tuple[CellState, ...] = ("not_restated", "not_covered", "not_comparable")
    return next(state for state in order if state in found)


def _best_mentions(
    last: Sequence[Node], stop: Stop, mentions: Mapping[Node, Mapping[str, tuple[Mention, ...]]]
) -> tuple[Mention, ...]:
    some = [m for node in last for m in mentions.get(node, {}).get(stop.id, ())]
    seen: dict[tuple[str | None, int | None, str], Mention] = {}
    for m in sorted(some, key=lambda m: -m.score):
        seen.setdefault((m.paragraph, m.page, m.text), m)
    return tuple(seen.values())[:3]
