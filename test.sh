#!/usr/bin/env bash
# The gate: installs what the tests need, builds with warnings as errors, runs every test project.
# Ends with one line "N passed, N failed"; exit code 0 only when nothing failed.
# Two projects run at a time, for most of them wait more than they compute (LANES=1: one after another); what one says is printed when it
# has ended. Up to three tests that failed beside all the others run again by themselves: on a machine that stands still for seconds a deadline
# passes that has nothing to do with the change. What passes then is named before the last line; what fails twice has failed.
#
# ./test.sh long [SEEDS]   instead of the gate, what takes longer: every scenario of the fault suite (docs/faults.md) with native daemons, with so
#                          many seeds (3), about 40 minutes each on two cores that do nothing else; then upgrades and rollbacks of a cluster with
#                          an older build, about 10 minutes. Exit code 0 only when nothing was wrong.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
exec </dev/null

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# No build server outlives this script with its output pipe in hand: the compiler's, which loads the analyzers once and not for each of the
# forty projects, is this script's own, and ends with it.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=true SharedCompilationId=openclaw-gate-$$
configuration=Release
results=$(mktemp -d)
passed=0
failed=0
passed_alone=()

stop_compiler() {
  [ -n "$SharedCompilationId" ] || return
  local compiler
  compiler=$(dotnet --list-sdks | sed -n "s|^$(dotnet --version) \[\(.*\)\]$|\1|p")/$(dotnet --version)/Roslyn/bincore/VBCSCompiler.dll
  dotnet "$compiler" -shutdown "-pipename:$SharedCompilationId" >/dev/null 2>&1
  # Nor is one left by a test that builds something.
  export SharedCompilationId="" UseSharedCompilation=false
}

trap stop_compiler EXIT

finish() {
  stop_compiler
  rm -rf "$results"
  for name in ${passed_alone[@]+"${passed_alone[@]}"}; do echo "Failed beside the others (see above) and passed alone: $name"; done
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit $?
}

give_up() {
  echo "$1"
  failed=$((failed + 1))
  finish
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else give_up "The tests need more packages and this is neither root nor a user with sudo. Run: $*"
  fi
}

install_on_debian() {
  local missing=()
  have curl || missing+=(curl)
  have node || missing+=(nodejs)
  have npm || missing+=(npm)
  have clang || missing+=(clang)
  [ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
  have python3 || missing+=(python3)
  have systemd-analyze || missing+=(systemd)
  have perl && perl -MDigest::SHA -e 1 2>/dev/null || missing+=(perl)
  [ -d /usr/lib/postgresql ] || missing+=(postgresql)
  [ -x /usr/sbin/pgbouncer ] || have pgbouncer || missing+=(pgbouncer)
  have bwrap || missing+=(bubblewrap)
  [ ${#missing[@]} -eq 0 ] && return
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
    give_up "Could not install: ${missing[*]}"
}

install_on_macos() {
  # curl comes with macOS, clang and zlib with the command line tools that the native publish needs.
  xcode-select -p >/dev/null 2>&1 || give_up "The tests need Apple's command line tools. Run: xcode-select --install"
  have node && have npm && have initdb && have pgbouncer && return
  have brew || give_up "The tests need Node.js, PostgreSQL and PgBouncer. Install them, or Homebrew (https://brew.sh) and run this again."
  have node && have npm || brew install node || give_up "Could not install: node"
  have pgbouncer || brew install pgbouncer || give_up "Could not install: pgbouncer"
  # Homebrew keeps one version beside another and puts none into PATH.
  have initdb || brew install postgresql@17 || give_up "Could not install: postgresql@17"
  have initdb || export PATH="$(brew --prefix postgresql@17)/bin:$PATH"
}

install_elsewhere() {
  local tool
  for tool in curl node npm clang initdb pgbouncer; do
    have "$tool" || give_up "This script installs packages on Debian and macOS only. Install $tool yourself and run it again."
  done
  [ "$(uname)" != Linux ] || have bwrap || give_up "The tests need bubblewrap on Linux. Install it and run this again."
}

# name project [filter of its tests]. Everything it says goes to the log of that name, and its counts to another file.
run_project() {
  local name=$1 project=$2 filter=${3:-} trx counters ok total
  echo "--- $name"
  dotnet test "$project" -c $configuration --no-build --nologo ${filter:+--filter "$filter"} --blame-hang-timeout 10m \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results/$name"
  local code=$?
  trx="$results/$name/$name.trx"
  counters=$(grep -o '<Counters [^>]*' "$trx" 2>/dev/null | head -1)
  ok=$(sed -n 's/.* passed="\([0-9]*\)".*/\1/p' <<<"$counters")
  total=$(sed -n 's/.* total="\([0-9]*\)".*/\1/p' <<<"$counters")
  ok=${ok:-0}
  # What did not pass failed: a skipped test proves nothing.
  local bad=$((${total:-0} - ok))
  # A crash, a hang or an empty project has no failed test to count.
  if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
    echo "$name ended with exit code $code after $ok tests passed: counted as one failure."
    bad=1
  fi
  echo "$ok $bad" >"$results/$name.counts"
}

# Names of the methods with a test that did not pass, as a filter takes them; nothing when the run has no list of its tests.
failed_methods() { # trx
  python3 - "$1" <<'PYTHON'
import sys, xml.etree.ElementTree as tree
space = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
try:
    root = tree.parse(sys.argv[1]).getroot()
except (OSError, tree.ParseError):
    sys.exit(0)
bad = {result.get("testId") for result in root.iter(space + "UnitTestResult") if result.get("outcome") != "Passed"}
methods = {test.find(space + "TestMethod") for test in root.iter(space + "UnitTest") if test.get("id") in bad}
print("|".join(sorted({f"FullyQualifiedName={m.get('className')}.{m.get('name').split('(')[0]}" for m in methods})))
PYTHON
}

# What failed beside the others runs once more by itself, when it is little.
run_failed_again() {
  local run name project ok bad total=0 filter again
  for run in "${runs[@]}"; do
    read -r ok bad <"$results/${run%% *}.counts" 2>/dev/null && total=$((total + bad))
  done
  [ "$total" -gt 0 ] && [ "$total" -le 3 ] || return
  for run in "${runs[@]}"; do
    read -r name project _ <<<"$run"
    read -r ok bad <"$results/$name.counts" 2>/dev/null || continue
    filter=$(failed_methods "$results/$name/$name.trx")
    [ "$bad" -gt 0 ] && [ -n "$filter" ] || continue
    echo "--- Again, alone: $filter"
    run_project "$name.again" "$project" "$filter"
    read -r _ again <"$results/$name.again.counts"
    [ "$again" -eq 0 ] || continue
    echo "$((ok + bad)) 0" >"$results/$name.counts"
    passed_alone+=("${filter//FullyQualifiedName=/}")
  done
}

# The runs that are still to begin: "name project [filter]" each.
runs=()

# Takes one run after another until none is left. Whoever makes the folder of a run has it.
run_lane() {
  local run name
  for run in "${runs[@]}"; do
    name=${run%% *}
    mkdir "$results/$name" 2>/dev/null || continue
    # shellcheck disable=SC2086 # Words of one line.
    run_project $run >"$results/$name.log" 2>&1
    until mkdir "$results/printing" 2>/dev/null; do sleep 0.1; done
    cat "$results/$name.log"
    rmdir "$results/printing"
  done
}

run_in_lanes() {
  local run name ok bad
  for ((lane = 1; lane < ${LANES:-2}; lane++)); do run_lane & done
  run_lane
  wait
  run_failed_again
  for run in "${runs[@]}"; do
    name=${run%% *} ok=0 bad=1
    [ ! -f "$results/$name.counts" ] || read -r ok bad <"$results/$name.counts"
    passed=$((passed + ok))
    failed=$((failed + bad))
  done
}

# The longest first, so that the lanes end at about the same time. Two halves of a project are two processes.
plan_runs() {
  local half='FullyQualifiedName~Worker.Tests.A' project name
  runs=(
    "EndToEnd.Tests tests/EndToEnd.Tests"
    "Worker.Tests.A tests/Worker.Tests $half"
    "Worker.Tests.B-Z tests/Worker.Tests ${half/\~/!~}"
    "Cluster.Tests tests/Cluster.Tests"
  )
  for project in Silo Storage Gateway Grains; do runs+=("$project.Tests tests/$project.Tests"); done
  for project in tests/*.Tests; do
    name=$(basename "$project")
    case " ${runs[*]}" in *" $project"*) ;; *) runs+=("$name $project") ;; esac
  done
}

have dotnet && [ "$(dotnet --version 2>/dev/null | cut -d. -f1)" -ge 10 ] 2>/dev/null ||
  give_up "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0"
case "$(uname -s)" in
  Darwin) install_on_macos ;;
  Linux) if have apt-get; then install_on_debian; else install_elsewhere; fi ;;
  *) install_elsewhere ;;
esac

if [ "${1:-}" = long ]; then
  [ "$(uname)" = Linux ] || give_up "The fault suite runs on Linux."
  [ "$(uname -m)" = x86_64 ] && rid=linux-x64 || rid=linux-arm64
  # Every way of a task, one move deeper than in the gate: two minutes.
  OPENCLAW_DEEPER=1 dotnet test tests/Grains.Tests -c Release --nologo --filter FullyQualifiedName~Exploration ||
    give_up "A way of a task breaks a promise (see above), or the tests did not build."
  ./publish.sh "$rid" || give_up "The native daemon could not be published."
  tests/Cluster.Tests/long-run.sh all --times "${2:-3}" --worker "dist/$rid/openclaw-worker"
  suite=$?
  tests/Cluster.Tests/upgrade-run.sh --worker "dist/$rid/openclaw-worker" && exit $suite
  exit 1
fi

for cli in claude codex gemini; do
  tests/Worker.Tests/Agents/RealClis/install-cli.sh "$cli" >/dev/null || give_up "The agent CLI $cli, which the tests drive, could not be installed."
done
# How the sources are laid out, by .editorconfig: 13 s of one core, and nothing has to be restored or built for it. To mend what it
# names: the same without --verify-no-changes.
dotnet format whitespace . --folder --include src/ tests/ bench/ --exclude '**/obj/**' --verify-no-changes ||
  give_up "Sources are not formatted (see above)."
# The lock files name a few packages of the SDK itself: with another patch of the SDK those differ, and that is no fault of the sources.
dotnet restore OpenClaw.sln --locked-mode ||
  { echo "The packages are not quite the locked ones (another SDK than theirs?); restoring without the lock."; dotnet restore OpenClaw.sln; } ||
  give_up "The restore failed."
# PowerShell, which the tests of an invitation's line run.
dotnet tool restore || give_up "The tools of .config/dotnet-tools.json could not be restored."
dotnet build OpenClaw.sln -c $configuration --no-restore --nologo -clp:NoSummary || give_up "The build failed."
deploy/vulnerable.sh || give_up "Packages with known holes are used (see above)."
# The worker as people get it, published once for all tests that start one: it starts in a tenth of the time of the one that was built.
echo "--- The native worker"
dotnet publish src/Worker -c Release -p:PublishAot=true -warnaserror --nologo -v q -o "$results/worker" \
  --artifacts-path "$results/artifacts" || give_up "The native worker could not be published."
stop_compiler
export OPENCLAW_NATIVE_WORKER="$results/worker/openclaw-worker"
plan_runs
run_in_lanes
finish
