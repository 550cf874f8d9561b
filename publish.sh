#!/usr/bin/env bash
# Builds the worker and the openclaw command, each as one file, for each platform: dist/<rid>/openclaw-worker and dist/<rid>/openclaw, with an SBOM
# beside each and the hashes of all in dist/SHA256SUMS.
# ./publish.sh [RID ...]   default: linux-x64 linux-arm64 osx-arm64 win-x64
# The platform this runs on is compiled to native code (needs clang and zlib's headers); the others carry a trimmed runtime.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

here() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo linux-x64 ;;
    Linux-aarch64) echo linux-arm64 ;;
    Darwin-arm64) echo osx-arm64 ;;
    *) echo none ;;
  esac
}

# The same sources give the same file wherever the clone is.
common=(-c Release -v q -nologo -p:DebugType=none -p:ContinuousIntegrationBuild=true "-p:PathMap=$PWD=/_")
single=(--self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -p:IncludeNativeLibrariesForSelfExtract=true)

usual=(linux-x64 linux-arm64 osx-arm64 win-x64)
known=("${usual[@]}" linux-arm linux-musl-x64 linux-musl-arm64 osx-x64 win-x86 win-arm64)
usage="usage: ./publish.sh [RID ...]; without any: ${usual[*]}. Known: ${known[*]}. What is built is in dist/RID."
rids=("$@")
[ ${#rids[@]} -gt 0 ] || rids=("${usual[@]}")
for rid in "${rids[@]}"; do
  case "$rid" in -h | --help) echo "$usage"; exit 0 ;; esac
done
for rid in "${rids[@]}"; do
  [[ " ${known[*]} " == *" $rid "* ]] || { echo "publish.sh: nothing is built for $rid; $usage" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
publish_project() { # uses rid and form
  local name=openclaw ending="" runtime version
  [ "$1" = Cli ] || name=openclaw-worker
  case "$rid" in win-*) ending=.exe ;; esac
  dotnet publish "src/$1" -r "$rid" "${common[@]}" "${form[@]}" --artifacts-path "$work/artifacts-$rid" -o "$work/$rid-$1"
  install -m 755 "$work/$rid-$1/$name$ending" "dist/$rid/$name$ending"
  runtime=$(dotnet msbuild "src/$1" -getProperty:BundledNETCoreAppPackageVersion)
  version=$(dotnet msbuild "src/$1" -getProperty:Version)
  deploy/sbom.sh "$version" "$rid" "$runtime" "dist/$rid/$name$ending" "src/$1/packages.lock.json" "$name" >"dist/$rid/$name.cdx.json"
  echo "dist/$rid/$name$ending $(wc -c <"dist/$rid/$name$ending") bytes"
}

for rid in "${rids[@]}"; do
  form=("${single[@]}")
  [ "$rid" != "$(here)" ] || form=(-p:PublishAot=true)
  rm -rf "dist/$rid"
  mkdir -p "dist/$rid"
  for project in Worker Cli; do publish_project "$project"; done
done

sum=(sha256sum)
command -v sha256sum >/dev/null || sum=(shasum -a 256)
(cd dist && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do "${sum[@]}" "$file"; done >SHA256SUMS)
echo "dist/SHA256SUMS $(wc -l <dist/SHA256SUMS) files"
