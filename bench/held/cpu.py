"""Who has the CPU in `bench/cluster.sh held`: cpu.py PID PORT DATABASE. A line every 10 s, in cores: servers and load (children of PID), what the
database does for OpenClaw, and what it does else (reports, vacuum). Where others use the machine, tasks per CPU second compare and tasks/s do not."""
import os
import subprocess
import sys
import time

HZ = os.sysconf("SC_CLK_TCK")


def ask(sql):
    done = subprocess.run(["psql", "-h", "127.0.0.1", "-p", sys.argv[2], "-U", "openclaw", "-d", sys.argv[3], "-qAtXc", sql],
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


def processes():
    """pid: (parent, CPU seconds, CPU seconds of its children that ended)"""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(pid)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / HZ, (int(fields[13]) + int(fields[14])) / HZ
    return found


def tree(all_processes, root):
    """CPU seconds of a process and all below it, also of those that ended."""
    _, own, ended = all_processes[root]
    return own + ended + sum(tree(all_processes, pid) for pid, (parent, _, _) in all_processes.items() if parent == root)


bench, postmaster = int(sys.argv[1]), int(ask("SELECT pg_read_file('postmaster.pid')")[0])
ours, ours_before, said = 0.0, {}, None
while True:
    backends = [int(pid) for pid in ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'openclaw'")]
    now, seen = time.monotonic(), processes()
    # A connection that was closed is counted until it was last seen: a second at most is missing.
    for pid in backends:
        if pid in seen:
            ours += seen[pid][1] - ours_before.get(pid, 0)
            ours_before[pid] = seen[pid][1]
    if said is None or now - said[0] >= 10:
        tasks = int(ask("SELECT last_value FROM task_numbers")[0])
        row = now, tasks, tree(seen, bench), ours, tree(seen, postmaster)
        if said:
            seconds, made, servers, writing, database = (after - before for after, before in zip(row, said))
            rest = database - writing
            print(f"    {time.strftime('%T')} {made / seconds:.0f} tasks/s, {made / (servers + database):.0f} a CPU second; servers and load "
                  f"{servers / seconds:.2f}, database for OpenClaw {writing / seconds:.2f}, else {rest / seconds:.2f}", flush=True)
        said = row
    time.sleep(1)
