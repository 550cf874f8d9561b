#!/usr/bin/env bash
# The fault suite by hand: ./long-run.sh all, or names of scenarios; --seed N, --times N, --rate N, --worker FILE (a native daemon
# instead of the one that is built with the tests), --busy (times and 503 are not judged). Without names it lists them. See docs/faults.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
dotnet build tests/Cluster.Tests -c Release -v q --nologo -clp:NoSummary
exec dotnet tests/Cluster.Tests/bin/Release/net10.0/OpenClaw.Cluster.Tests.dll "$@"
