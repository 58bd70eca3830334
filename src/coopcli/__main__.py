"""The entry point: `coop`, and `python -m coopcli`."""

import gc
import os
import sys

from coopcli.language import use_language_of_the_user


def main() -> None:
    """Run the command line and exit with one of the promised codes."""
    _open_closed_streams()
    # A run is short and makes no cycle worth collecting: neither while it loads its modules (a twentieth of the start)
    # nor at its end, where Python would look through everything that is about to go (a sixth).
    gc.disable()
    try:
        use_language_of_the_user()
        # Help texts are made when the commands are imported, so the language has to be settled first.
        from coopcli.cli.run import run

        run()
    finally:
        gc.freeze()


def _open_closed_streams() -> None:
    """Python has no object for a stream that the shell has closed. To write the answer to it is to fail."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


if __name__ == "__main__":
    main()
