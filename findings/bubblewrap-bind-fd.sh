#!/usr/bin/env bash
# A sandbox that must not be fooled by a folder swapped between the check and the mount wants bubblewrap's --bind-fd. One expects it from 0.10 on;
# Debian 12's 0.8.0 has it as well. The version number says nothing, the help text does. And a descriptor opened with O_PATH is enough.
# Debian 12 (amd64), no root. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q bubblewrap=0.8.0-2+deb12u1 >/dev/null
dpkg -x bubblewrap_*.deb .
bwrap=$work/usr/bin/bwrap
"$bwrap" --version
mkdir kept swapped
echo kept >kept/name
echo swapped >swapped/name
cat >run.py <<'PY'
import os, sys
fd = os.open("kept", os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW)
os.set_inheritable(fd, True)
# Renamed after it was opened, and another one put in its place: the open one is mounted.
os.rename("kept", "moved")
os.rename("swapped", "kept")
os.execv(sys.argv[1], [sys.argv[1], "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--ro-bind-fd", str(fd), "/tmp/in", "cat", "/tmp/in/name"])
PY
"$bwrap" --help | grep -F -- '--ro-bind-fd FD DEST'
seen=$(python3 run.py "$bwrap")
echo "seen through the descriptor: $seen"
[ "$("$bwrap" --version)" = "bubblewrap 0.8.0" ] && [ "$seen" = kept ]
