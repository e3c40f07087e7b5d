import json
import pathlib
from typing import Any, Dict

# The table of an exported case: a JSON file beside this one. An exported test contains the table instead.
TABLE: Dict[str, Any] = json.loads(pathlib.Path(__file__).with_name("table.json").read_text(encoding="utf-8"))
