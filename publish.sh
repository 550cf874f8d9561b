#!/usr/bin/env bash
# Builds the worker as one file for each platform: dist/<rid>/openclaw-worker, with an SBOM beside it and the hashes of all in dist/SHA256SUMS.
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
  [[ " ${known[*]} " == *" $rid "* ]] || { echo "publish.sh: the worker is not built for $rid; $usage" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for rid in "${rids[@]}"; do
  form=("${single[@]}")
  [ "$rid" != "$(here)" ] || form=(-p:PublishAot=true)
  dotnet publish src/Worker -r "$rid" "${common[@]}" "${form[@]}" --artifacts-path "$work/artifacts-$rid" -o "$work/$rid"
  file=openclaw-worker
  case "$rid" in win-*) file=openclaw-worker.exe ;; esac
  rm -rf "dist/$rid"
  mkdir -p "dist/$rid"
  install -m 755 "$work/$rid/$file" "dist/$rid/$file"
  runtime=$(dotnet msbuild src/Worker -getProperty:BundledNETCoreAppPackageVersion)
  version=$(dotnet msbuild src/Worker -getProperty:Version)
  deploy/sbom.sh "$version" "$rid" "$runtime" "dist/$rid/$file" src/Worker/packages.lock.json >"dist/$rid/openclaw-worker.cdx.json"
  echo "dist/$rid/$file $(wc -c <"dist/$rid/$file") bytes"
done

sum=(sha256sum)
command -v sha256sum >/dev/null || sum=(shasum -a 256)
(cd dist && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do "${sum[@]}" "$file"; done >SHA256SUMS)
echo "dist/SHA256SUMS $(wc -l <dist/SHA256SUMS) files"
