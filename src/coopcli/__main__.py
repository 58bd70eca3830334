"""The entry point: `coop`, and `python -m coopcli`."""

from coopcli.language import use_language_of_the_user


def main() -> None:
    """Run the command line and exit with one of the promised codes."""
    use_language_of_the_user()
    # Help texts are made when the commands are imported, so the language has to be settled first.
    from coopcli.cli.run import run

    run()


if __name__ == "__main__":
    main()
