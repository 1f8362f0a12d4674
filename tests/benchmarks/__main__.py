"""`python -m tests.benchmarks [NAME]...`: every benchmark, or those named, in one table."""

import argparse
import os
import sys

from tests.benchmarks.figures import Measure, Series, table

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def measures() -> dict[str, Measure]:
    """The benchmarks by name, in the order of the table."""
    from tests.benchmarks import bench_agreement, bench_store, bench_window

    return {
        "start": bench_window.measure_start,
        "edits": bench_window.measure_edits,
        "opening": bench_window.measure_opening,
        "scrolling": bench_window.measure_scrolling,
        "queue": bench_window.measure_queue,
        "store": bench_store.measure_store,
        "agreement": bench_agreement.measure_agreement,
    }


def main() -> None:
    """Run what the command line names and print the table."""
    known = measures()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; all when none is named")
    names = parser.parse_args().names or list(known)
    if unknown := [name for name in names if name not in known]:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    rows: list[Series] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        rows += known[name]()
    print(table(rows))


if __name__ == "__main__":
    main()
