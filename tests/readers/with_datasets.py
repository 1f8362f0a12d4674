"""Opens a Hugging Face folder with `datasets`, offline; prints what it holds and saves one split as Arrow.

python with_datasets.py FOLDER WORKING_FOLDER
"""

import json
import sys


def main(folder: str, working: str) -> None:
    """Load the folder and print its rows with the tags by name."""
    import datasets

    loaded = datasets.load_dataset(folder, cache_dir=f"{working}/cache")
    feature = loaded["train"].features["ner_tags"].feature
    rows = {name: [dict(row) for row in split] for name, split in loaded.items()}
    for split in rows.values():
        for row in split:
            row["ner_tags"] = [feature.int2str(tag) for tag in row["ner_tags"]]
    loaded["train"].save_to_disk(f"{working}/arrow")
    print(json.dumps({"names": feature.names, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
