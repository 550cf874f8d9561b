using System.Runtime.InteropServices;
using OpenClaw.Worker.Supervision;

namespace OpenClaw.Worker.Cli;

/// <summary>The daemon, until a signal ends it.</summary>
internal static class RunVerb
{
    public static Verb Run { get; } = new("run", "takes tasks and runs them, until it is stopped", Daemon)
    {
        ReadsItself = true,
        More = WorkerArguments.Help,
    };

    private static async Task<int> Daemon(VerbCall call)
    {
        var terminal = call.Terminal;
        var (options, errors) = WorkerArguments.Read(call.Arguments, terminal.Variable, Environment.MachineName, terminal.UserHome);
        if (options is null)
        {
            foreach (var error in errors)
                terminal.Error.WriteLine(error);
            return ExitCodes.Configuration;
        }
        // The signal drains; docs/worker.md says how long that may take.
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        // Each task's program runs under this same binary, and outlives the daemon.
        options = options with { Supervisor = SupervisorVerb.Program() };
        return await WorkerDaemon.RunAsync(options, terminal.Out, stop.Token).ConfigureAwait(false);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
