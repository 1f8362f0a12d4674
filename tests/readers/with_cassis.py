"""Loads CAS files with dkpro-cassis; prints text, spans and segments as it has them, offsets in code points.

python with_cassis.py FILE.json...
"""

import json
import sys
from pathlib import Path

ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


def main(*paths: str) -> None:
    """Print what every file holds."""
    from cassis import load_cas_from_json, load_cas_from_xmi, load_typesystem

    told = []
    for path in paths:
        cas = load_cas_from_json(Path(path).read_text("utf-8"))
        spans = sorted((found.begin, found.end, found.value, found.get_covered_text()) for found in cas.select(ENTITY))
        again = load_cas_from_xmi(cas.to_xmi(), typesystem=load_typesystem(cas.typesystem.to_xml()))
        same = sorted((found.begin, found.end, found.value) for found in again.select(ENTITY))
        told.append({"text": cas.sofa_string, "spans": spans, "xmi": same == [tuple(span[:3]) for span in spans]})
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
