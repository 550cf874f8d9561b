#!/usr/bin/env bash
# ptyprocess 0.7.0 (pexpect and Jupyter's terminals stand on it): sendeof() ends no stream, it ends one read, and only of who reads in line
# mode. Sent before a program leaves line mode (readline, any editor of lines), it reaches that as a NUL byte instead of Ctrl-D: it has to be
# sent again once the program reads. Debian 12, no root. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q python3-ptyprocess=0.7.0-5 >/dev/null
dpkg -x python3-ptyprocess_*.deb .
cat >child.py <<'PY'
import os, select, sys, termios, tty
# An end of input lies there as soon as the terminal can be read.
select.select([0], [], [], 10)
if sys.argv[1] == "raw":
    tty.setraw(0, termios.TCSANOW)
os.write(1, b"<%s>" % repr(os.read(0, 16)).encode())
if sys.argv[1] == "raw":
    os.write(1, b"<%s>" % repr(os.read(0, 16)).encode())
PY
cat >parent.py <<'PY'
import os, re, sys, ptyprocess
print("ptyprocess", ptyprocess.__version__, "on", os.uname().sysname)
def run(mode):
    child = ptyprocess.PtyProcess.spawn([sys.executable, sys.argv[1], mode])
    child.sendeof()
    seen, wanted, again = b"", 2 if mode == "raw" else 1, mode == "raw"
    while seen.count(b">") < wanted:
        seen += child.read(64)
        if again and b">" in seen:
            again = False
            child.sendeof()
    child.wait()
    found = re.findall(rb"<(.*?)>", seen)
    print(mode, *[text.decode() for text in found])
    return found
assert run("line") == [b"b''"]
assert run("raw") == [b"b'\\x00'", b"b'\\x04'"]
PY
PYTHONPATH=$work/usr/lib/python3/dist-packages timeout 60 python3 parent.py child.py
