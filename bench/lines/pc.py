"""A worker behind a line of its own, and what the walks have in common."""
import http.client
import json
import os
import subprocess
import time

from line import Cut, Line

# Nothing, a first byte, in the head, and in the body or behind its end.
PLACES = [0, 1, 90, 200, 320, 420]
FAULTS = (http.client.HTTPException, OSError, ValueError)
surprises = []


def surprise(text):
    surprises.append(text)
    print(f"SURPRISE {text}", flush=True)


def all_cuts(places):
    return [Cut(in_answer, after, resets) for in_answer in (False, True) for resets in (False, True) for after in places]


def attempt(call):
    """What a call brought; the error's text where it was cut."""
    try:
        return call()
    except FAULTS as error:
        return f"{type(error).__name__}: {error}"


def until(client, task, state=None, seconds=90):
    """The task once it has ended, or is in that state."""
    over = time.time() + seconds
    while time.time() < over:
        now = client.ask("GET", f"/tasks/{task}?wait=2000")
        if now["state"] == state or now["status"] not in ("pending", "running"):
            return now
        time.sleep(0.05)
    surprise(f"{task} hangs in {now['state']}: {json.dumps(now)[:400]}")
    return now


class Pc:
    """Ends with the server. `line`: what it is reached over."""

    def __init__(self, server, worker, folder, policy=None, slots=1):
        self.line, self.home, self.program = Line(server.port), f"{folder}/home", worker
        os.makedirs(self.home, mode=0o700)
        if policy:
            with open(f"{self.home}/policy.json", "w") as file:
                json.dump(policy, file)
        self.env = dict(
            os.environ, WORKER_URL=f"http://127.0.0.1:{self.line.port}", WORKER_TOKEN=server.tokens["worker"], WORKER_NAME="pc",
            OPENCLAW_WORKER_HOME=self.home, MAX_CONCURRENT=str(slots))
        self.process = server.start([worker, "run"], stdout=server.err, env=self.env)

    def say(self, *words):
        done = subprocess.run([self.program, *words], env=self.env, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def cut_each(self, suffix, places):
        """Every other call of a route is cut, until all places were: those that are left, and how many were cut."""
        left, seen = all_cuts(places), {"calls": 0, "cut": 0}

        def cuts(name):
            if not name.split("?")[0].endswith(suffix):
                return None
            seen["calls"] += 1
            if seen["calls"] % 2 == 0 or not left:
                return None
            seen["cut"] += 1
            return left.pop(0)
        self.line.cuts = cuts
        return left, seen

    def must_be_idle(self, client, slots):
        """No slot is taken, nothing waits, and the server knows of nothing that runs."""
        self.line.cuts = lambda name: None
        time.sleep(2)
        now = json.loads(self.say("status", "--json")[1])
        running = [one["running"] for one in client.ask("GET", "/workers")["workers"] if one["name"] == "pc"]
        if (now["free"], now["tasks"], now["spool"]["results"], running) != (slots, [], 0, [[]]):
            surprise(f"not idle afterwards: {json.dumps(now)[:400]}, server: {running}")
