"""``python -m fencang.app.client_types``: write the client's generated files anew."""

import sys
from pathlib import Path

from fencang.app.client_types.written import generated, present_document

__all__ = ["main"]


def main() -> int:
    """Write what is new, remove what is no longer there, and say how much."""
    folder = Path(__file__).resolve().parents[2] / "client"
    files = generated(present_document())
    changed = 0
    for name, text in files.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed += 1
    for kind in ("types", "resources"):
        for path in (folder / kind).glob("*.py"):
            if f"{kind}/{path.name}" not in files:
                path.unlink()
                changed += 1
    print(f"{len(files)} files of the client are in step with the API; {changed} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
