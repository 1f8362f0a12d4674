"""The sections of Insights: what each shows, as tables and pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import fmean, quantiles

from annotator.agreement.disagreements import Filter
from annotator.app import insights_agreement, insights_plots
from annotator.app.insights import Insights
from annotator.app.insights_log import IMPORTED, Day, LogCounts, Outcome
from annotator.app.insights_parts import Cell, Picture, Section, Table, amount, count, share, words
from annotator.core.annotation import Status
from annotator.core.edits import status_title
from annotator.core.schema import Layer, LayerKind
from annotator.core.words import tr, trn

MOST_ROWS = 30
"""Bars of one picture; the table beside it holds all."""


def sections(insights: Insights, only: str = "") -> list[Section]:
    """Every page of Insights, in order; those on a layer follow each other, one for each layer.

    Args:
        insights: The figures.
        only: An annotator who is to stay blind: nothing but the progress and the time of their own.
    """
    if only:
        own = _own(insights, only)
        return [_progress(own), _time(own)]
    layers = insights.schema.layers
    segments = [layer for layer in layers if layer.kind is LayerKind.SEGMENTS]
    return [
        _overview(insights),
        _progress(insights),
        _time(insights),
        *(_labels(insights, layer) for layer in layers),
        *(insights_agreement.agreement(insights, layer) for layer in layers),
        *(insights_agreement.pairs(insights, layer) for layer in layers if layer.kind is not LayerKind.DOCUMENT),
        *(insights_agreement.confusion(insights, layer) for layer in layers),
        *(insights_agreement.boundaries(insights, layer) for layer in segments),
        _proposals(insights),
        insights_agreement.gold(insights),
    ]


def _own(insights: Insights, name: str) -> Insights:
    days = ((key, day) for key, day in insights.log.days.items() if key[0] == name)
    return replace(
        insights,
        statuses={name: insights.statuses[name]} if name in insights.statuses else {},
        seconds={name: insights.seconds[name]} if name in insights.seconds else {},
        log=LogCounts(defaultdict(Day, days)),
    )


def _overview(insights: Insights) -> Section:
    report = insights.report
    said = [
        trn(
            "{n} page; {shared} of all were finished by two or more annotators.",
            "{n} pages; {shared} of them were finished by two or more annotators.",
            insights.documents,
            shared=report.documents,
        ),
        *report.words,
    ]
    if not report.words:
        said.append(tr("Nothing can be said on agreement yet: no page was finished by two annotators."))
    notes = Table(
        "notes",
        tr("Notes on the data"),
        (tr("layer"), tr("what was seen"), tr("why it matters"), tr("what to do")),
        tuple((words(note.layer), words(note.seen), words(note.why), words(note.do)) for note in report.notes),
    )
    return Section("overview", tr("Overview"), tuple(said), (notes,) if report.notes else ())


def _progress(insights: Insights) -> Section:
    titles = {status: status_title(status) for status in Status}
    by_status = Table(
        "progress",
        tr("Pages by status"),
        (tr("annotator"), *titles.values(), tr("pages")),
        tuple(
            (words(name), *(count(own[status]) for status in Status), count(sum(own.values())))
            for name, own in insights.statuses.items()
        ),
    )
    order = (Status.DONE, Status.IN_PROGRESS, Status.UNSURE, Status.SKIPPED, Status.TODO)
    bars = {name: {titles[status]: float(own[status]) for status in order} for name, own in insights.statuses.items()}
    picture = Picture(
        "progress",
        tr("Pages by status"),
        tr("One bar for each annotator, its parts one status after the other; the table below holds the numbers."),
        partial(insights_plots.stacked_bars, values=bars, label=tr("pages")),
    )
    days = insights.log.days
    dates = sorted({day for _, day in days if day != IMPORTED})
    names = sorted({name for name, _ in days})
    daily = Table(
        "days",
        tr("Pages finished by day"),
        (tr("day"), tr("annotator"), tr("pages finished"), tr("minutes"), tr("pages an hour")),
        tuple(_day_row(day, name, days[name, day]) for name, day in sorted(days, key=lambda key: (key[1], key[0]))),
        tr("A page counts on the day on which it was finished last; time is that on all pages, idle time left out."),
    )
    parts: list[Table | Picture] = [picture, by_status] if insights.statuses else []
    if dates:
        over_days = {
            name: [float(days[name, day].pages) if (name, day) in days else 0.0 for day in dates] for name in names
        }
        about = tr("One line for each annotator over the days on which anybody worked.")
        draw = partial(insights_plots.lines, days=dates, values=over_days, label=tr("pages finished"))
        parts.append(Picture("days", daily.title, about, draw))
    if days:
        parts.append(daily)
    said = () if parts else (tr("Nobody has opened a page yet."),)
    return Section("progress", tr("Progress"), said, tuple(parts))


def _day_row(day: str, name: str, own: Day) -> tuple[Cell, ...]:
    pace = amount(own.pages * 3600 / own.seconds if own.seconds and own.pages and day != IMPORTED else None)
    return _day_cell(day), words(name), count(own.pages), amount(own.seconds / 60), pace


def _day_cell(day: str) -> Cell:
    return words(day) if day != IMPORTED else Cell("", tr("imported"))


def _time(insights: Insights) -> Section:
    minutes = {name: [second / 60 for second in found] for name, found in insights.seconds.items() if found}
    title = tr("Time per page")
    if not minutes:
        return Section("time", title, (tr("No time was measured on a finished page."),))
    picture = Picture(
        "time",
        tr("Minutes on a finished page"),
        tr(
            "A box for each annotator: the middle half of the pages, a line at the median, whiskers to 5 and 95 of 100."
        ),
        partial(insights_plots.boxes, values=minutes, label=tr("minutes")),
    )
    table = Table(
        "time",
        tr("Minutes on a finished page"),
        (
            tr("annotator"),
            tr("pages finished"),
            tr("pages with a time"),
            tr("median"),
            tr("quarter below"),
            tr("quarter above"),
            tr("mean"),
            tr("hours in all"),
        ),
        tuple(_time_row(name, found, insights.finished[name]) for name, found in minutes.items()),
        tr("Time without a sign of life for more than a minute is left out."),
    )
    return Section("time", title, (), (picture, table))


def _time_row(name: str, minutes: Sequence[float], finished: int) -> tuple[Cell, ...]:
    low, middle, high = quantiles(minutes, n=4, method="inclusive") if len(minutes) > 1 else [minutes[0]] * 3
    numbers = (amount(value, 2) for value in (middle, low, high, fmean(minutes)))
    return words(name), count(finished), count(len(minutes)), *numbers, amount(sum(minutes) / 60)


def _labels(insights: Insights, layer: Layer) -> Section:
    found = insights.report.layers[layer.name]
    uses: Mapping[str, int] = found["uses"]
    title = tr("Labels and segments")
    if not uses:
        said = (tr("Nobody has used the layer “{layer}” on a finished page.", layer=layer.shown),)
        return Section("labels", title, said, (), layer.name)
    by_annotator: Mapping[str, Mapping[str, int]] = found["uses_by_annotator"]
    total = sum(uses.values())
    commonest = dict(Counter(uses).most_common(MOST_ROWS))
    confused = {cell[side] for cell in found["confusion"] if cell["a"] != cell["b"] for side in "ab"}
    heading = tr("Labels used: {layer}", layer=layer.shown)
    parts: list[Table | Picture] = [
        Picture(
            f"labels-{layer.name}",
            heading,
            tr("A bar for each label with its number, the commonest first; the table below holds all."),
            partial(insights_plots.bars, values=commonest, label=tr("marks on finished pages")),
        ),
        Table(
            f"labels-{layer.name}",
            heading,
            (tr("label"), tr("marks"), tr("share"), *by_annotator),
            tuple(
                (
                    words(label),
                    count(n, _disputed(layer, label) if label in confused else None),
                    share(n, total),
                    *(count(own.get(label, 0)) for own in by_annotator.values()),
                )
                for label, n in uses.items()
            ),
            tr("On finished pages, annotator by annotator; gold is left out.")
            + " "
            + tr("A number opens the places of its label on which annotators disagree."),
        ),
    ]
    if layer.kind is LayerKind.SEGMENTS:
        parts.append(_segments(insights, layer))
    return Section("labels", title, (), tuple(parts), layer.name)


def _disputed(layer: Layer, label: str) -> Filter:
    return Filter(layers=frozenset({layer.name}), labels=frozenset({label}))


def _segments(insights: Insights, layer: Layer) -> Table:
    finished = sum(insights.finished.values())
    own = {label: insights.segments[layer.name, label] for label in layer.by_name
           if (layer.name, label) in insights.segments}  # fmt: skip
    return Table(
        f"segments-{layer.name}",
        tr("Segments: {layer}", layer=layer.shown),
        (tr("label"), tr("segments"), tr("on so many pages"), tr("mean of all pages"), tr("median length, characters")),
        tuple(
            (
                words(label),
                count(each.n),
                count(each.pages),
                amount(each.n / finished, 2),
                amount(each.median_length, 0),
            )
            for label, each in own.items()
        ),
        tr("A page that two annotators have finished counts twice."),
    )


# Proposals


_ORDER = (Outcome.ACCEPTED, Outcome.CHANGED, Outcome.REJECTED)


def outcome_title(outcome: Outcome) -> str:
    """An outcome in the user's words."""
    return {
        Outcome.ACCEPTED: tr("accepted"),
        Outcome.CHANGED: tr("changed"),
        Outcome.REJECTED: tr("rejected"),
        Outcome.LEFT: tr("left open"),
    }[outcome]


def _proposals(insights: Insights) -> Section:
    title = tr("Proposals")
    by_proposer: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    by_label: defaultdict[tuple[str, str, str], Counter[Outcome]] = defaultdict(Counter)
    for (proposer, layer, label, outcome), n in insights.outcomes.items():
        by_proposer[proposer][outcome] += n
        by_label[proposer, layer, label][outcome] += n
    if not by_proposer:
        return Section("proposals", title, (tr("No proposal was decided yet."),))
    columns = (*map(outcome_title, Outcome), tr("accepted of those decided"))
    bars = {
        name: {outcome_title(each): float(by_proposer[name][each]) for each in Outcome} for name in sorted(by_proposer)
    }
    about = tr("What became of proposals; those left open are on finished pages.")
    parts: list[Table | Picture] = [
        Picture(
            "proposals",
            tr("What became of proposals"),
            tr("One bar for each proposer: accepted, changed, rejected, left open; the table below holds the numbers."),
            partial(insights_plots.stacked_bars, values=bars, label=tr("proposals")),
        ),
        Table(
            "proposals",
            tr("Proposals by proposer"),
            (tr("proposer"), *columns),
            tuple((words(name), *_outcomes(own)) for name, own in sorted(by_proposer.items())),
            about,
        ),
        Table(
            "proposals-by-label",
            tr("Proposals by label"),
            (tr("label"), tr("layer"), tr("proposer"), *columns),
            tuple(
                (words(label), words(layer), words(proposer), *_outcomes(own))
                for (proposer, layer, label), own in sorted(by_label.items())
            ),
        ),
        *_over_time(insights),
    ]
    return Section("proposals", title, (), tuple(parts))


def _outcomes(own: Mapping[Outcome, int]) -> tuple[Cell, ...]:
    decided = sum(own.get(outcome, 0) for outcome in _ORDER)
    return *(count(own.get(outcome, 0)) for outcome in Outcome), share(own.get(Outcome.ACCEPTED, 0), decided)


def _over_time(insights: Insights) -> Iterator[Table | Picture]:
    own: defaultdict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    for (proposer, day, outcome), n in insights.log.by_day.items():
        own[proposer, day][outcome] += n
    dates = sorted({day for _, day in own if day != IMPORTED})
    title = tr("Proposals over time")
    if not own:
        return
    if dates:
        values: dict[str, list[float | None]] = {}
        for proposer in sorted({proposer for proposer, day in own if day != IMPORTED}):
            counts = [own.get((proposer, day)) for day in dates]
            values[proposer] = [100 * each[Outcome.ACCEPTED] / each.total() if each else None for each in counts]
        label = tr("accepted of 100 decided")
        about = tr("One line for each proposer over the days on which its proposals were decided.")
        draw = partial(insights_plots.lines, days=dates, values=values, label=label, top=100.0)
        yield Picture("proposals-over-time", title, about, draw)
    yield Table(
        "proposals-over-time",
        title,
        (tr("day"), tr("proposer"), *map(outcome_title, _ORDER), tr("accepted of those decided")),
        tuple(
            (
                _day_cell(day),
                words(proposer),
                *(count(each[outcome]) for outcome in _ORDER),
                share(each[Outcome.ACCEPTED], each.total()),
            )
            for (proposer, day), each in sorted(own.items(), key=lambda item: (item[0][1], item[0][0]))
        ),
    )
