#!/usr/bin/env bash
# Are there known holes in the packages that are used, those of packages included?   deploy/vulnerable.sh [SOLUTION]
# Exit code 1 when there are, with their names. Where the package source has no list of holes that can't be told, and is said in one line: the
# tool itself says "no vulnerable packages" then, too.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
solution=${1:-OpenClaw.sln}

not_checked() {
  echo "Vulnerable packages: not checked, $1."
  exit 0
}

sources=$(dotnet nuget list source --format Short | sed -n 's/^E *//p')
listed=
for source in $sources; do
  case "$source" in http*) ;; *) continue ;; esac
  index=$(curl -fsS --max-time 20 "$source" 2>/dev/null) || not_checked "$source does not answer"
  grep -q '"VulnerabilityInfo/' <<<"$index" && listed=yes
done
[ -n "$listed" ] || not_checked "the package source has no list of them"

report=$(dotnet list "$solution" package --vulnerable --include-transitive 2>&1) || not_checked "the list could not be read: $(tail -1 <<<"$report")"
if grep -q 'has the following vulnerable packages' <<<"$report"; then
  grep -vE 'has no vulnerable packages|^[[:space:]]*$' <<<"$report"
  exit 1
fi
echo "Vulnerable packages: none known."
