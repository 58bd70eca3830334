"""The entry point: `coop`, and `python -m coopcli`."""

import gc

from coopcli.language import use_language_of_the_user


def main() -> None:
    """Run the command line and exit with one of the promised codes."""
    gc.disable()  # a run is short and makes no cycle worth collecting; this saves a twentieth of the start
    use_language_of_the_user()
    # Help texts are made when the commands are imported, so the language has to be settled first.
    from coopcli.cli.run import run

    run()


if __name__ == "__main__":
    main()
