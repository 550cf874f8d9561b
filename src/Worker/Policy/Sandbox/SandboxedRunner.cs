using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Arguments;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>
/// Runs the programs of one task under the owner's policy: each passes the <paramref name="sandbox"/> before <paramref name="runner"/> gets
/// it. All that an executor can start a program by.
/// </summary>
internal sealed class SandboxedRunner(IProcessRunner runner, ProcessSandbox sandbox) : IProcessRunner
{
    /// <summary>
    /// Set when the owner's policy did not let a program start, or no attempt could start it on this PC: this one is rejected, whatever its
    /// executor makes of it.
    /// </summary>
    public Verdict? Rejection { get; private set; }

    public async Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        var sandboxed = await ApplySandbox(spec, stop);
        if (sandboxed.Spec is not { } ready)
        {
            Rejection = sandboxed.Rejection;
            return Rejection is null ? ProcessEnd.NotStarted : new ProcessEnd { StartError = Rejection.Sentence };
        }
        var end = await runner.RunProgram(ready, output, stop, killGrace);
        if (end.TooLarge) Rejection = Verdict.Rejected(ArgumentSize.TooLarge, end.StartError!);
        return end;
    }

    /// <summary>An empty result when the attempt was stopped meanwhile.</summary>
    private async Task<SandboxResult> ApplySandbox(ProcessSpec spec, AttemptStop stop)
    {
        try
        {
            return await sandbox.Apply(spec, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Why != StopReason.None)
        {
            return default;
        }
    }
}
