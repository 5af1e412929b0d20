#!/usr/bin/env bash
# Makes a virtual environment that runs this checkout, and prints the path of its interpreter.
#
#   bash integrations/install.sh FOLDER
#
# Installed are the wheels that requirements/core.txt names, each only if its digest fits. The project itself is read
# where it lies, so nothing is built and nothing else is fetched. PYTHON names the interpreter to start from [python3].
set -euo pipefail

folder=$1
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
start=${PYTHON:-python3}

if ! "$start" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "aimsgraph needs Python 3.11 or later; $start is older, or missing" >&2
  exit 2
fi
"$start" -I -m venv "$folder"
python=$folder/bin/python
[ -x "$python" ] || python=$folder/Scripts/python.exe
"$python" -I -m pip install --quiet --disable-pip-version-check --only-binary=:all: --require-hashes \
  -r "$checkout/requirements/core.txt" >&2
"$python" -I - "$checkout/src" <<'PY'
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "aimsgraph.pth").write_text(sys.argv[1] + "\n", encoding="utf-8")
PY
printf '%s\n' "$python"
