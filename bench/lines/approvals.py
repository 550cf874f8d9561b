"""An approval: the worker's question, the owner's answer at the PC and from elsewhere, the client's look."""
import os
import time

from line import Cut, Line
from pc import PLACES, Pc, all_cuts, attempt, surprise, until
from server import Client

POLICY = {"approval": [{"name": "all", "kinds": ["command"]}], "approvalTerms": {"wait": 600000, "fromGateway": True}}
ENDS = {"approve": ("succeeded", 1), "reject": ("rejected", 0)}
NOWHERE = Cut(True, 10**9, False)


class Walk:
    def __init__(self, server, worker, folder):
        self.server, self.folder = server, folder
        self.pc, self.client, self.admin, self.line = Pc(server, worker, folder, POLICY), server.client(), server.client("admin"), Line(server.port)
        self.tasks = 0

    def one(self, decide, word, cut):
        self.tasks += 1
        witness = f"{self.folder}/ran-{self.tasks}"
        task = self.client.ask("POST", "/tasks", {"command": f"echo x >> {witness}", "worker": "pc", "startWithin": 600000})["taskId"]
        waits = until(self.client, task, state="awaiting_approval")
        if waits["state"] != "awaiting_approval":
            surprise(f"{cut}: {waits['state']} {waits.get('reason')} before anybody said a word")
            return
        decide(task, waits["approval"]["digest"], word, cut)
        end = until(self.client, task)
        ran = len(open(witness).read().splitlines()) if os.path.exists(witness) else 0
        if (end["state"], ran) != ENDS[word]:
            surprise(f"{word} {cut}: {end['state']} {end.get('reason')}, ran {ran} times")

    def from_elsewhere(self, task, digest, word, cut):
        """Looks, and decides, each over a call that is cut, and says it once more."""
        self.line.cuts = lambda name: cut
        look = attempt(lambda: Client(self.line.port, self.server.tokens["admin"]).send("GET", f"/tasks/{task}"))
        if cut.in_answer and cut.after < 400 and not isinstance(look, str):
            surprise(f"the look {cut} was believed: {look}")
        body = {"decision": word, "digest": digest}
        first = attempt(lambda: Client(self.line.port, self.server.tokens["admin"]).send("POST", f"/tasks/{task}/approval", body))
        again = self.admin.send("POST", f"/tasks/{task}/approval", body)
        # A yes that was followed already is no wait any more; the task says what became of it.
        if again[0] != 200 and not (word == "approve" and b"not-awaiting-approval" in again[1]):
            surprise(f"{word} again after {cut}: {again}; first {str(first)[:100]}")

    def at_the_pc(self, task, digest, word, cut):
        code, text = self.pc.say("approve", "--yes" if word == "approve" else "--no")
        if code != 0:
            surprise(f"{word} at the PC: {code} {text}")


def walk(server, worker, folder):
    over = Walk(server, worker, folder)
    began = time.time()
    for word in ENDS:
        for cut in all_cuts(PLACES):
            over.one(over.from_elsewhere, word, cut)
    print(f"approvals: looks and answers cut {4 * len(all_cuts(PLACES))} times, {over.tasks} tasks, {time.time() - began:.0f} s", flush=True)
    left, seen = over.pc.cut_each("/approval", PLACES)
    began, ways = time.time(), (over.from_elsewhere, over.at_the_pc)
    while left and time.time() - began < 240:
        over.one(ways[over.tasks // 2 % 2], list(ENDS)[over.tasks % 2], NOWHERE)
    print(f"approvals: the worker's question cut {seen['cut']} times ({len(left)} places not), {time.time() - began:.0f} s", flush=True)
    over.pc.must_be_idle(over.client, 1)
