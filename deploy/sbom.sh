#!/usr/bin/env bash
# A bill of materials (CycloneDX 1.6, JSON) of one published program, on standard output.
# deploy/sbom.sh VERSION RID RUNTIME_VERSION FILE LOCK_FILE [NAME]   default name: openclaw-worker
# What is in the file: our own assemblies, the .NET runtime (with - as its version it is not: a server takes the machine's or its image's), and the
# packages of the lock file. Packages that only help to build are
# "excluded". No time and no serial number: the same file has the same bill.
set -euo pipefail
version=$1 rid=$2 runtime=$3 file=$4 lock=$5 name=${6:-openclaw-worker}
sum=(sha256sum)
command -v sha256sum >/dev/null || sum=(shasum -a 256)
hash=$("${sum[@]}" "$file" | cut -d' ' -f1)

component() { # name version scope hash
  printf '    { "type": "library", "name": "%s", "version": "%s", "scope": "%s", "purl": "pkg:nuget/%s@%s"' "$1" "$2" "$3" "$1" "$2"
  [ -z "$4" ] || printf ', "hashes": [{ "alg": "SHA-512", "content": "%s" }]' "$(printf %s "$4" | base64 -d | od -An -v -tx1 | tr -d ' \n')"
  printf ' }'
}

cat <<HEAD
{
  "\$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
  "bomFormat": "CycloneDX",
  "specVersion": "1.6",
  "version": 1,
  "metadata": {
    "component": {
      "type": "application", "name": "$name", "version": "$version", "bom-ref": "$name",
      "licenses": [{ "license": { "id": "MIT" } }],
      "hashes": [{ "alg": "SHA-256", "content": "$hash" }],
      "properties": [{ "name": "openclaw:rid", "value": "$rid" }]
    }
  },
  "components": [
HEAD
separator=""
if [ "$runtime" != - ]; then
  component "Microsoft.NETCore.App.Runtime.$rid" "$runtime" required ""
  separator=$',\n'
fi
# The lock file has one value a line; a package is its name, then type, resolved and contentHash. Analyzers and the linker only help to build.
awk -F'"' '
  /^      "[^"]+": \{/ { name = $2; resolved = "" }
  /^        "resolved":/ { resolved = $4 }
  /^        "contentHash":/ && resolved != "" { print name, resolved, $4 }
' "$lock" | while read -r name resolved content; do
  scope=required
  case "$name" in *Analyzers* | Microsoft.NET.ILLink.Tasks | *ILCompiler*) scope=excluded ;; esac
  printf %s "$separator"
  component "$name" "$resolved" "$scope" "$content"
  separator=$',\n'
done
printf '\n  ]\n}\n'
