using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Execution;

/// <summary>One attempt given to an executor, in a home folder of its own and with an environment of its own.</summary>
internal sealed class TestAttempt : IProgramStart, IDisposable
{
    private readonly AttemptContext context;

    public TestAttempt(string kind, string payload, string home, IReadOnlyDictionary<string, string>? environment = null)
    {
        ChildReaper.BecomeSubreaper();
        var own = new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["HOME"] = home };
        own.TryAdd("PATH", "/usr/local/bin:/usr/bin:/bin");
        var account = new UserAccount("ann", home, "/bin/sh");
        context = new AttemptContext
        {
            Offer = new Offer
            {
                AttemptId = TaskId + ".1",
                TaskId = TaskId,
                Attempt = 1,
                Kind = kind,
                Payload = JsonDocument.Parse(payload).RootElement,
                Timeout = 60_000,
                KillGrace = 5000,
            },
            Output = Output,
            Processes = new ProcessRunner(TimeProvider.System, this),
            Stop = Stop,
            User = new UserEnvironment(own, account, (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null)),
            Clock = TimeProvider.System,
        };
    }

    /// <summary>What the owner allows; nothing set: all.</summary>
    public OwnerPolicy Policy { get; init; } = OwnerPolicy.None;

    /// <summary>Called directly before a program is started.</summary>
    public Action Starting { get; init; } = () => { };

    /// <summary>The executor's clock; programs have the real one.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string TaskId { get; } = Guid.NewGuid().ToString();
    public RecordingSink Output { get; } = new();
    public AttemptStop Stop { get; } = new();
    public UserEnvironment User => context.User;
    public string Stderr => Encoding.UTF8.GetString(Output.Stderr);

    /// <summary>Live processes of this attempt.</summary>
    public int Alive() =>
        ProcessTable.Read().Count(entry => !entry.Zombie && ProcessTable.HasMarker(entry.Pid, new ProcessMarker(TaskId, "1")));

    public Task<ExecutionResult> Run(ITaskExecutor executor) => executor.Execute(context with { Policy = Policy, Clock = Clock });

    public bool MayStart()
    {
        Starting();
        return true;
    }

    public void MarkStarted(int pid)
    {
    }

    public void Dispose() => Stop.Dispose();
}
