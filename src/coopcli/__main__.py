"""The entry point: `coop`, and `python -m coopcli`."""

import gc

from coopcli.language import use_language_of_the_user


def main() -> None:
    """Run the command line and exit with one of the promised codes."""
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


if __name__ == "__main__":
    main()
