using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Tests.Execution;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>A person's home with a policy in the worker's folder, and tasks judged and run under it.</summary>
internal sealed class PolicyBench : IDisposable
{
    private readonly StringWriter log = new();
    private readonly ScratchFolder folder = new();

    public PolicyBench(string? policy = null, Action<PolicyBench>? prepare = null)
    {
        ChildReaper.BecomeSubreaper();
        Home = Directory.CreateDirectory(folder.At("home")).FullName;
        WorkerHome = Directory.CreateDirectory(folder.At("home", "worker")).FullName;
        if (policy is not null) Write(policy);
        prepare?.Invoke(this);
        Person = new Dictionary<string, string> { ["HOME"] = Home, ["PATH"] = "/usr/local/bin:/usr/bin:/bin" };
        var (loaded, errors) = PolicyFile.Load(WorkerHome, Place);
        Assert.Empty(errors);
        Keeper = new PolicyKeeper(loaded!, Path.Combine(WorkerHome, PolicyFile.Name), Place, new WorkerLog(log, Clock));
        Clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.FromHours(2), "here", "here"));
    }

    public string Home { get; }
    public string WorkerHome { get; }
    public Dictionary<string, string> Person { get; }
    public FakeTimeProvider Clock { get; } =
        new(DateTimeOffset.Parse("2026-11-23T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    public PolicyKeeper Keeper { get; }
    public RecordingSink Output { get; } = new();
    public AttemptStop Stop { get; } = new();
    public string TaskId { get; } = Guid.NewGuid().ToString();
    public string Log => log.ToString();
    public string Text => Output.Text;
    public string Errors => Encoding.UTF8.GetString(Output.Stderr);
    public PolicyContext Place =>
        new() { Home = Home, WorkerHome = WorkerHome, IsRoot = Native.GetUid() == 0, FindUser = RunAsUser.FindByName };

    public string At(params string[] parts) => Path.Combine([Home, .. parts]);

    public string Folder(string name) => Directory.CreateDirectory(At(name)).FullName;

    public string File(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        System.IO.File.WriteAllText(At(name), content);
        return At(name);
    }

    public void Write(string policy) => System.IO.File.WriteAllText(Path.Combine(WorkerHome, PolicyFile.Name), policy);

    public PolicyGate Gate() => new(Keeper, User(), WorkerHome, Clock);

    public UserEnvironment User() => new(
        Person, new UserAccount("ann", Home, "/bin/sh"), (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null));

    public AttemptMask Mask(OwnerPolicy policy)
    {
        var options = new WorkerOptions { Url = new Uri("http://localhost"), Token = "none", Name = "pc", Home = WorkerHome };
        return new AttemptMask(new SecretSource(options, User()), policy);
    }

    public Offer Offer(string kind, object payload) => new()
    {
        AttemptId = TaskId + ".1",
        TaskId = TaskId,
        Attempt = 1,
        Kind = kind,
        Payload = JsonSerializer.SerializeToElement(payload),
        Timeout = 60_000,
        KillGrace = 1000,
    };

    public async Task<Verdict> Judge(string kind, object payload) => (await Gate().JudgeOffer(Offer(kind, payload))).Judgement.Verdict;

    /// <summary>Runs a program as an executor does, past the policy's one place.</summary>
    public async Task<(ProcessEnd End, Verdict? Rejection)> Run(
        Offer offer, IReadOnlyList<string> argv, string? cwd = null, Dictionary<string, string>? variables = null, string[]? owners = null,
        PolicyGate? under = null)
    {
        var gate = under ?? Gate();
        var (policy, _, _) = await gate.JudgeOffer(offer);
        var sandbox = new ProcessSandbox(gate, new SandboxProbe(TimeProvider.System), offer, policy, owners ?? []);
        var runner = new SandboxedRunner(new ProcessRunner(TimeProvider.System), sandbox, Mask(policy));
        var environment = new Dictionary<string, string>(await gate.User.GetVariables())
        {
            [ProcessMarker.TaskVariable] = TaskId,
            [ProcessMarker.AttemptVariable] = "1",
        };
        foreach (var (name, value) in variables ?? [])
            environment[name] = value;
        var spec = new ProcessSpec { Argv = argv, Environment = environment, WorkingDirectory = cwd ?? Home };
        return (await runner.RunProgram(spec, Output, Stop, TimeSpan.FromSeconds(1)), runner.Rejection);
    }

    public Task<(ProcessEnd End, Verdict? Rejection)> Shell(string text, string? cwd = null, PolicyGate? under = null) =>
        Run(Offer("command", new { command = text, cwd = cwd ?? "~" }), ["/bin/sh", "-c", text], cwd, under: under);

    /// <summary>Runs an executor, every program of which passes the policy's one place.</summary>
    public async Task<ExecutionResult> Run(ITaskExecutor executor, Offer offer)
    {
        var gate = Gate();
        var (policy, _, _) = await gate.JudgeOffer(offer);
        var sandbox = new ProcessSandbox(gate, new SandboxProbe(TimeProvider.System), offer, policy, executor.OwnersVariables);
        return await executor.Execute(new AttemptContext
        {
            Offer = offer,
            Output = Output,
            Processes = new SandboxedRunner(new ProcessRunner(TimeProvider.System), sandbox, Mask(policy)),
            Stop = Stop,
            User = gate.User,
            Policy = policy,
            Clock = TimeProvider.System,
        });
    }

    /// <summary>
    /// Only root can become somebody else: under any other account the policy has an error, so no task ever runs under it.
    /// </summary>
    public static void RefusesAnotherUser(string policy)
    {
        using var bench = new PolicyBench();
        bench.Write(policy);
        var (loaded, errors) = PolicyFile.Load(bench.WorkerHome, bench.Place with { IsRoot = false });
        Assert.Null(loaded);
        Assert.Contains("when the worker runs as root; this one does not", Assert.Single(errors), StringComparison.Ordinal);
    }

    public int Alive() =>
        ProcessTable.Read().Count(entry => !entry.Zombie && ProcessTable.HasMarker(entry.Pid, new ProcessMarker(TaskId, "1")));

    public void Dispose()
    {
        Stop.Dispose();
        folder.Dispose();
    }
}
