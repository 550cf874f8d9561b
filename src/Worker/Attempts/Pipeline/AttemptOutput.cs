using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>The way of an attempt's output to the server.</summary>
internal sealed class AttemptOutput(
    ServerLink link, SessionKeeper sessions, ExecutorCatalog executors, AttemptFiles files, TimeProvider clock, SecretSource secrets)
{
    /// <summary>How long a lease counts, as the server of the session says.</summary>
    public TimeSpan GetLease() => sessions.Known is { } known ? TimeSpan.FromMilliseconds(known.Lease) : AttemptTiming.Lease;

    public OutputPump CreatePump(HeldAttempt held, SupervisedAttempt? supervised) => new(
        (chunks, cancellation) => sessions.CallInSession(
            session => link.AppendOutput(held.Offer.AttemptId, new AppendOutput(session, chunks), cancellation), cancellation),
        clock, ChooseMode(held), supervised?.Age ?? TimeSpan.Zero, link.Bodies);

    /// <summary>What an executor writes to, before the pump.</summary>
    public MaskedOutput CreateMask(HeldAttempt held, OwnerPolicy policy, OutputPump pump) =>
        MaskedOutput.Create(held.Offer.Kind, pump, new AttemptMask(secrets, policy), clock);

    /// <summary>What the daemon does itself, such as reading a file, may wait for the server: no program stands still meanwhile.</summary>
    private PumpMode ChooseMode(HeldAttempt held) => held.RecoveredSupervisors is not null ? PumpMode.Replayed
        : files.Supervisors is null && executors.StartsPrograms(held.Offer.Kind) ? PumpMode.Direct
        : PumpMode.Kept;
}
