using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>A program that is the daemon's own child: no supervisor asks for it and none notes it.</summary>
internal sealed class JournaledStart(HeldAttempt held, AttemptJournal journal, Action begun) : IProgramStart
{
    public bool MayStart() => held.ConfirmStart().GetAwaiter().GetResult();

    public void MarkStarted(int pid)
    {
        begun();
        held.MarkSpawned();
        journal.RecordSpawn(held.Offer.AttemptId, new SpawnNote(0, ProcessIdentity.FromPid(pid), false));
    }
}
