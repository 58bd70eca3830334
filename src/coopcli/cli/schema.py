"""`coop schema`: the JSON Schema of a catalogue file."""

import json

from coopcli.cli import options


@options.command(None)
def command() -> None:
    from coopcli.models import Catalogue

    schema = Catalogue.model_json_schema()
    print(
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, ensure_ascii=False, indent=2)
    )
