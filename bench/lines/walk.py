#!/usr/bin/env python3
"""Cuts the calls of approvals, files and live output at many places, with real processes, and says what became of each.

walk.py SERVER_DLL WORKER_PROGRAM [PART...]    parts: approvals files live slow (all of them)
Ends with 1 when anything was not as it should be.
"""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "neighbours"))
import approvals  # noqa: E402
import files  # noqa: E402
import live  # noqa: E402
import slow  # noqa: E402
from pc import surprises  # noqa: E402
from server import Server  # noqa: E402

PARTS = {"approvals": approvals.walk, "files": files.walk, "live": live.walk, "slow": slow.walk}

if __name__ == "__main__":
    for part in sys.argv[3:] or PARTS:
        with tempfile.TemporaryDirectory(prefix="openclaw-lines-") as folder, Server(sys.argv[1], folder) as server:
            PARTS[part](server, sys.argv[2], folder)
    print(f"{len(surprises)} surprises")
    sys.exit(1 if surprises else 0)
