"""`coop schema`: the JSON Schema of a catalogue file."""

import json

from coopcli.cli import options
from coopcli.cli.delivery import deliver

EXAMPLES = ("coop schema", "coop schema > schema.json")


@options.command(None)
def command() -> None:
    from coopcli.models import Catalogue

    schema = Catalogue.model_json_schema()
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    deliver([json.dumps(document, ensure_ascii=False, indent=2) + "\n"])
