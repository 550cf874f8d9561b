#!/usr/bin/env bash
# Upgrades and rollbacks of a running cluster between an older build and this one: all four scenarios, or those named (upgrade, upgrade-turned,
# rollback, rollback-turned), and the options of long-run.sh. --from COMMIT is the older build, made in a worktree of its own; without it the
# oldest that a running cluster may come from, as in tests/Grains.Tests/Contracts. See docs/faults.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

commit=549d526705d89c72d77c045abbce9a5ae1838123
if [ "${1:-}" = --from ]; then
  commit=$2
  shift 2
fi
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/older" 2>/dev/null; rm -rf "$folder"' EXIT
git worktree add --quiet --detach "$folder/older" "$commit"
for project in Silo Gateway; do dotnet build "$folder/older/src/$project" -c Release -v q --nologo -clp:NoSummary; done

case "${1:---}" in --*) set -- upgrade upgrade-turned rollback rollback-turned "$@" ;; esac
tests/Cluster.Tests/long-run.sh "$@" --older "$folder/older"
