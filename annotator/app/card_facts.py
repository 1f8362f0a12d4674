"""What the card of an export says of the whole corpus: who worked, how far they agree, which proposals were taken."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from annotator.agreement.report import agreement_report
from annotator.core.annotation import Status
from annotator.core.marks import Rejection
from annotator.core.record import GOLD, Record
from annotator.core.words import trn
from annotator.exchange.card import CardFacts
from annotator.store.corpus import Corpus


def with_corpus_facts(corpus: Corpus, about: CardFacts, progress: Callable[[], None] | None = None) -> CardFacts:
    """`about` with what the corpus holds of annotators, agreement and proposers, all its pages taken together.

    Agreement is given where two annotators have finished a page, with the intervals of the agreement report.

    Args:
        corpus: Read once from start to end.
        about: What the user says; agreement that is given there stays.
        progress: Called after every page; may raise `Cancelled`.
    """
    finished: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def counted() -> Iterator[Record]:
        for record in corpus.records():
            for work in record.works:
                name = work.annotation.annotator
                if name == GOLD:
                    continue
                finished[name] += work.annotation.state.status is Status.DONE
                for mark, proposer in work.origins.items():
                    (refused if isinstance(mark, Rejection) else taken)[proposer] += 1
            yield record
            if progress:
                progress()

    report = agreement_report(counted(), corpus.schema)
    agreement = about.agreement
    if not agreement and report.documents:
        pages = trn(
            "On {n} page that two or more annotators have finished:",
            "On {n} pages that two or more annotators have finished:",
            report.documents,
        )
        agreement = "\n".join([pages, "", *(f"- {sentence}" for sentence in report.words)])
    return replace(
        about,
        agreement=agreement,
        finished={name: finished[name] for name in sorted(finished)},
        decided={name: (taken[name], refused[name]) for name in sorted({*taken, *refused})},
    )
