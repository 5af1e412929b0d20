#!/bin/sh
# Fetches Apache Jena Fuseki from Maven Central into a folder and prints the jar's path; for the tests only.
#   FUSEKI_JAR=$(sh tests/contracts/fetch_fuseki.sh) .venv/bin/pytest tests/contracts -k uski
set -eu
version=5.5.0 # the last for Java 17
folder=${1:-"${XDG_CACHE_HOME:-$HOME/.cache}/aimsgraph-tests"}
jar=$folder/jena-fuseki-server-$version.jar
if [ ! -f "$jar" ]; then
  mkdir -p "$folder"
  mvn --quiet --batch-mode dependency:copy \
    -Dartifact=org.apache.jena:jena-fuseki-server:$version -DoutputDirectory="$folder" >&2
fi
printf '%s\n' "$jar"
