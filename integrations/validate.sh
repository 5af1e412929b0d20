#!/usr/bin/env bash
# Runs `aimsgraph validate` as a pipeline wants it: settings come as variables, reports go into one folder.
#
#   REGISTER_PATHS       folders of registers, one a line
#   REGISTER_PROFILES    profiles, with blanks, commas or lines between them
#   REGISTER_FAIL_LEVEL  REGISTER_BASELINE  REGISTER_WAIVERS  REGISTER_FORMAT   options of these names; may be empty
#   REGISTER_REPORTS     the folder for report.json, findings.sarif, junit.xml and summary.md
#   REGISTER_PYTHON      the interpreter that has aimsgraph
#
# Leaves with the exit code of `aimsgraph validate`. No value is ever read as a command. Python runs isolated (-I): a
# module in the judged folder is never imported.
set -euo pipefail

arguments=()
IFS=$' ,\t\r\n' read -r -d '' -a profiles <<<"${REGISTER_PROFILES:-}" || true
for profile in ${profiles[@]+"${profiles[@]}"}; do
  arguments+=("--profile=$profile")
done
for option in fail-level baseline waivers format; do
  variable=REGISTER_$(tr 'a-z-' 'A-Z_' <<<"$option")
  value=${!variable:-}
  [ -z "$value" ] || arguments+=("--$option=$value")
done

reports=$REGISTER_REPORTS
mkdir -p -- "$reports"
rm -f -- "$reports/report.json" "$reports/findings.sarif" "$reports/junit.xml" "$reports/summary.md"
arguments+=("--also=json=$reports/report.json" "--also=sarif=$reports/findings.sarif")
arguments+=("--also=junit=$reports/junit.xml" "--also=markdown=$reports/summary.md" --)
while IFS= read -r path; do
  [ -z "$path" ] || arguments+=("$path")
done <<<"$REGISTER_PATHS"

exec "$REGISTER_PYTHON" -I -m aimsgraph validate "${arguments[@]}"
