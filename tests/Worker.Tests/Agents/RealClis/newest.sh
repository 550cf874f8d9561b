#!/usr/bin/env bash
# The tests with real agent CLIs, with the newest version of each. By hand, once a week.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
export OPENCLAW_CLAUDE_VERSION OPENCLAW_CODEX_VERSION OPENCLAW_GEMINI_VERSION
OPENCLAW_CLAUDE_VERSION=$(npm view @anthropic-ai/claude-code version)
OPENCLAW_CODEX_VERSION=$(npm view @openai/codex version)
OPENCLAW_GEMINI_VERSION=$(npm view @google/gemini-cli version)
echo "claude-code $OPENCLAW_CLAUDE_VERSION, codex $OPENCLAW_CODEX_VERSION, gemini-cli $OPENCLAW_GEMINI_VERSION"
for cli in claude codex gemini; do tests/Worker.Tests/Agents/RealClis/install-cli.sh "$cli" >/dev/null; done
dotnet test tests/Worker.Tests -c Release --nologo --filter "Category=RealCli" "$@"
