#!/usr/bin/env bash
# The worker's kill -9 suite by hand: tests/EndToEnd.Tests/worker-kills.sh [SECONDS], 300 without. See docs/worker/durability.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export OPENCLAW_WORKER_KILLS_FOR=${1:-300}
dotnet build tests/EndToEnd.Tests -c Release -v q --nologo -clp:NoSummary
exec dotnet test tests/EndToEnd.Tests -c Release --no-build --filter FullyQualifiedName~WorkerKillTests --logger "console;verbosity=detailed"
