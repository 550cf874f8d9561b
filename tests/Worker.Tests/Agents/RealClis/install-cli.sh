#!/usr/bin/env bash
# Installs a real agent CLI that the tests drive against the stand-in APIs: install-cli.sh claude|codex|gemini. Idempotent; prints
# the path of the program. Nothing outside artifacts/ is touched. OPENCLAW_CLAUDE_VERSION and so on name another version.
set -euo pipefail
case "${1:-}" in
  claude) package=@anthropic-ai/claude-code version=${OPENCLAW_CLAUDE_VERSION:-2.1.332} ;;
  codex) package=@openai/codex version=${OPENCLAW_CODEX_VERSION:-0.171.0} ;;
  gemini) package=@google/gemini-cli version=${OPENCLAW_GEMINI_VERSION:-0.61.0} ;;
  *) echo "usage: install-cli.sh claude|codex|gemini" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${OPENCLAW_AGENT_CLIS:-$here/../../../../artifacts/agent-clis}/$1-$version
program=$target/node_modules/.bin/$1

if [ ! -f "$target/installed" ] || [ ! -x "$program" ]; then
  command -v npm >/dev/null || { echo "npm is needed to install the agent CLIs for the tests" >&2; exit 1; }
  mkdir -p "$target"
  [ -f "$target/package.json" ] || printf '{ "private": true }\n' >"$target/package.json"
  npm install --prefix "$target" --no-audit --no-fund --save-exact "$package@$version" >&2
  touch "$target/installed"
fi
(cd "$target" && printf '%s\n' "$PWD/node_modules/.bin/$1")
