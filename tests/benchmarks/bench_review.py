"""How long Review takes to read a corpus, and how much memory it holds.

`python -m tests.benchmarks.bench_review CORPUS`, such as one that `tests.benchmarks.bench_agreement --keep` has left.
"""

import resource
import sys
import time
from pathlib import Path

from annotator.app.review_cases import read_cases
from annotator.app.reviewing import Choices, Reviewing
from annotator.store.corpus import Corpus


def main(path: Path) -> None:
    """Print processor seconds, the rise of peak memory, and how many places are asked about."""
    with Corpus.open(path) as corpus:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        choices = Choices.of(corpus)
        review = Reviewing(corpus, "lead", read_cases(corpus, choices.policy, lambda done, total: None), choices)
        taken = time.process_time() - begun
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.process_time()
        for question in review.questions[:: max(1, len(review.questions) // 50)]:
            review.on_page(question.document_id)
        opened = (time.process_time() - begun) / 50
        print(
            f"{len(review.cases):,} pages, {len(review.questions):,} places to decide: read in {taken:.1f} s of the "
            f"processor, {(after - before) / 1024:+.0f} MB; a page never seen {1000 * opened:.1f} ms"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
