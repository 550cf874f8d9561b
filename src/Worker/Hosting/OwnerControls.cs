using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Hosting;

/// <summary>What the owner has a say in, as it is now: his policy, pause, drain and yes for a while, and the record of it all.</summary>
internal sealed class OwnerControls : IDisposable
{
    private readonly int most;

    public OwnerControls(DaemonContext daemon, UserEnvironment user)
    {
        var (home, clock, log) = (daemon.Home, daemon.Clock, daemon.Log);
        most = daemon.Options.MaxConcurrent;
        Policy = new PolicyGate(daemon.Resources.Owner.Policy, user, daemon.Options.Home, clock)
        {
            Signatures = CreateSignatureJudge(daemon),
        };
        SignedUses = new SignedUses(home.SignedUses, clock);
        // What he orders for a while goes by the time of the home, which no step of the PC's clock changes.
        var time = HomeClock.Open(home.Clock, clock);
        Pause = new PauseOrder(home.Pause, time);
        TemporaryApprovals = new TemporaryApprovals(home.TemporaryApprovals, time)
        {
            AreAllowed = () => Policy.Policy.ApprovalTerms.Temporary,
        };
        Audit = new AuditLog(home.Audit, clock, log);
    }

    public PolicyGate Policy { get; }
    public PauseOrder Pause { get; }
    public DrainOrder Drain { get; } = new();
    public TemporaryApprovals TemporaryApprovals { get; }
    public SignedUses SignedUses { get; }
    public AuditLog Audit { get; }

    /// <summary>How many tasks may run at once now.</summary>
    public int GetCapacity() => Pause.Left is null ? Policy.GetCapacity(most) : 0;

    public void Dispose()
    {
        SignedUses.Dispose();
        Drain.Dispose();
        Audit.Dispose();
    }

    /// <summary>Whose signatures count here, by the file as it is at each look.</summary>
    public static TrustJudge CreateTrust(DaemonContext daemon) =>
        new(new TrustedKeys(Path.Combine(daemon.Options.Home, TrustedKeys.FileName)), daemon.Clock);

    private static SignatureJudge CreateSignatureJudge(DaemonContext daemon)
    {
        var (options, about) = (daemon.Options, SessionKeeper.DescribeWorker(daemon.Options, "", [], ""));
        var target = new SignedTarget(options.Name, [.. options.Labels, $"os:{about.Os}", $"arch:{about.Arch}"]);
        return new SignatureJudge(CreateTrust(daemon), target, daemon.Clock);
    }
}
