using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Cli.Workers;

/// <summary><c>workers drain</c> and <c>workers resume</c>: whether a PC is given new tasks.</summary>
internal static class DrainWorkerVerb
{
    public static Verb Drain { get; } = new("workers drain", "gives a PC no new tasks; what runs goes on",
        call => Run(call, (workers, name) => workers.DrainWorker(name)))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    public static Verb Resume { get; } = new("workers resume", "gives a PC tasks again after a drain",
        call => Run(call, (workers, name) => workers.ResumeWorker(name)))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    private static async Task<int> Run(VerbCall call, Func<WorkersClient, string, Task<Answer<WorkerView>>> change)
    {
        var (worker, exit) = await call.AskServer(http => change(new WorkersClient(http), call.Words[0]));
        if (worker is null) return exit;
        return call.Show(worker, ProtocolJson.Default.WorkerView, to => to.WriteLine($"{worker.Name} is {worker.Status}"));
    }
}
