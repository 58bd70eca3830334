"""Fuzz the readers and the judge with Atheris (libFuzzer).

    pip install atheris
    python tools/fuzz.py FORMAT FOLDER -max_total_time=300

FORMAT is json, jsonl, toml or another that is read. The files in FOLDER are what it grows from. What breaks a reader is
written to the working folder: shrink it (`-minimize_crash=1`), put it into tests/corpus with its suffix, and mend.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["coopcli", "json", "tomllib"]):
    from coopcli.errors import CoopError
    from coopcli.formats import FORMATS
    from coopcli.loading import Catalogue


def main() -> None:
    """Run until libFuzzer's limits are reached, or something breaks."""
    name, *arguments = sys.argv[1:]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"fuzzed{FORMATS[name].suffixes[0]}"

        def judge(data: bytes) -> None:
            path.write_bytes(data)
            try:
                catalogue = Catalogue(path)
                for _project in catalogue.projects():
                    pass
                "\n".join(map(str, catalogue.faults)).encode()
            except CoopError as error:
                str(error).encode()

        atheris.Setup([sys.argv[0], *arguments], judge)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
