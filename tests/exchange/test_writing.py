"""What stands beside and at the place of a file while it is written and after the writer was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.exchange.writing import writing_folder, writing_text

KILLED = """
import os, signal, sys
from pathlib import Path
from annotator.exchange.writing import writing_folder, writing_text
with (writing_folder if sys.argv[2] == "folder" else writing_text)(Path(sys.argv[1])) as out:
    if sys.argv[2] == "folder":
        (out / "a.txt").write_text("half")
    else:
        out.write("half")
        out.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems know SIGKILL")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_writer_left_is_gone_after_the_next(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "out"
    subprocess.run([sys.executable, "-c", KILLED, str(place), kind], check=False)
    assert not place.exists()
    assert len(list(tmp_path.iterdir())) == 1
    # Another program that is still writing here, and files that only look alike, stay.
    kept = {f".out.{os.getppid()}.part", ".out.x.part", ".out2.1.part"}
    for name in kept:
        (tmp_path / name).touch()
    if kind == "folder":
        with writing_folder(place) as folder:
            (folder / "a.txt").write_text("whole", "utf-8")
        assert (place / "a.txt").read_text("utf-8") == "whole"
    else:
        with writing_text(place) as out:
            out.write("whole")
        assert place.read_text("utf-8") == "whole"
    assert {path.name for path in tmp_path.iterdir()} == {"out", *kept}
