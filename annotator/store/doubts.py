"""How unsure the proposals of a document are, kept beside them so that a long queue can be ordered by it."""

import sqlite3


def update_doubt(connection: sqlite3.Connection, seq: int) -> None:
    """Work out the lowest score and the doubt of document row `seq` anew, inside the transaction that is open.

    The doubt is the sum of min(score, 1 - score) over its proposals: how many decisions are expected to differ from
    taking every proposal that is more likely right than wrong.
    """
    connection.execute("DELETE FROM uncertainty WHERE seq = ?", (seq,))
    connection.execute(
        "INSERT INTO uncertainty SELECT seq, min(score), sum(min(score, 1.0 - score)) FROM proposals "
        "WHERE seq = ? AND score IS NOT NULL GROUP BY seq",
        (seq,),
    )
