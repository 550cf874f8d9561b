using System.Runtime.InteropServices;
using OpenClaw.Worker;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(WorkerArguments.Help);
    return ExitCodes.Stopped;
}
if (args.Contains("--version"))
{
    Console.WriteLine(WorkerDaemon.Version);
    return ExitCodes.Stopped;
}

var (options, errors) = WorkerArguments.Read(
    args, Environment.GetEnvironmentVariable, Environment.MachineName, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
if (options is null)
{
    foreach (var error in errors)
        Console.Error.WriteLine(error);
    return ExitCodes.Configuration;
}

// The signal drains; docs/worker.md says how long that may take.
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return await WorkerDaemon.RunAsync(options, Console.Out, stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
