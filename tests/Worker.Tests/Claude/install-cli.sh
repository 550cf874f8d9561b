#!/usr/bin/env bash
# Installs the real Claude Code CLI (pinned) that the tests of claude-cli drive against the stand-in API, and node's
# path to it. Idempotent; prints the path of the program. Nothing outside artifacts/ is touched.
set -euo pipefail
version=2.1.330
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${OPENCLAW_CLAUDE_CLI:-$here/../../../artifacts/claude-cli}
program=$target/node_modules/.bin/claude

if [ "$(cat "$target/installed" 2>/dev/null)" != "$version" ] || [ ! -x "$program" ]; then
  command -v npm >/dev/null || { echo "npm is needed to install the Claude Code CLI for the tests" >&2; exit 1; }
  mkdir -p "$target"
  [ -f "$target/package.json" ] || printf '{ "private": true }\n' >"$target/package.json"
  npm install --prefix "$target" --no-audit --no-fund --save-exact "@anthropic-ai/claude-code@$version" >&2
  printf '%s\n' "$version" >"$target/installed"
fi
(cd "$target" && printf '%s\n' "$PWD/node_modules/.bin/claude")
