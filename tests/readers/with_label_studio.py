"""Holds tasks against their interface with Label Studio's own checks, and converts them with its converter.

python with_label_studio.py FILE.json WORKING_FOLDER
"""

import json
import sys
from pathlib import Path


def main(path: str, working: str) -> None:
    """Check every annotation and prediction; print the errors, the controls and what the converter makes of them."""
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    xml = Path(path).with_suffix(".xml").read_text("utf-8")
    tasks = json.loads(Path(path).read_text("utf-8"))
    interface = LabelInterface(xml)
    interface.validate()
    errors = []
    for task in tasks:
        for held in [*task["annotations"], *task["predictions"]]:
            errors += interface._validate_object(held, return_errors=True)
    converter = Converter(xml, str(Path(path).parent), download_resources=False)
    converter.convert_to_json_min(path, f"{working}/min", is_dir=False)
    found = json.loads(Path(working, "min", "result.json").read_text("utf-8"))
    print(json.dumps({"errors": errors, "controls": sorted(interface._controls), "min": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
