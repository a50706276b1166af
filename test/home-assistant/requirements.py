"""Prints what the named integrations of Home Assistant, and all that they depend on, need from the package index."""
import json
import pathlib
import sys

import homeassistant

COMPONENTS = pathlib.Path(homeassistant.__file__).parent / "components"
# Home Assistant sets these up whatever its configuration says.
ALWAYS = (
    "analytics api application_credentials auth backup config diagnostics file_upload frontend hardware homeassistant "
    "http image_upload labs logger lovelace network onboarding person recorder repairs search system_log trace "
    "usage_prediction websocket_api zone"
).split()

waiting = [*ALWAYS, *sys.argv[1:]]
seen = set()
requirements = set()
while waiting:
    domain = waiting.pop()
    manifest_file = COMPONENTS / domain / "manifest.json"
    if domain in seen or not manifest_file.exists():
        continue
    seen.add(domain)
    manifest = json.loads(manifest_file.read_text())
    requirements.update(manifest.get("requirements", []))
    waiting += manifest.get("dependencies", [])
print("\n".join(sorted(requirements)))
