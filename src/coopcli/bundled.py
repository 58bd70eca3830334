"""Where the catalogue that comes with `coop` lies."""

from pathlib import Path


def bundled_catalogue() -> Path:
    """The bundled `projects.json`.

    An installed package has it inside itself. A checkout, and so an editable install, has it where people edit it.
    """
    package = Path(__file__).parent
    installed = package / "data" / "projects.json"
    return installed if installed.exists() else package.parent.parent / "data" / "projects.json"
