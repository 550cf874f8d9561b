using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Tasks;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Protocol.Tests.Answers;

/// <summary>What a client made of an answer.</summary>
public enum Taken
{
    None = 0,
    Value = 1,
    Problem = 2,
    Nothing = 3,
}

/// <summary>One call of one client, and the right answer to it.</summary>
public sealed class AskedRoute
{
    public const string Session = "pc.1.x";
    public const string Task = "00000000-0000-0000-0000-000000000007";
    public const string Attempt = Task + ".1";
    private readonly Func<HttpClient, Task<Taken>> ask;

    private AskedRoute(string name, byte[] right, Func<HttpClient, Task<Taken>> ask) => (Name, Right, this.ask) = (name, right, ask);

    public string Name { get; }

    /// <summary>The right answer, as JSON.</summary>
    public byte[] Right { get; }

    /// <summary>A problem has to name the attempt.</summary>
    public bool IsOfAttempt => Name.StartsWith("attempt ", StringComparison.Ordinal);

    public override string ToString() => Name;

    internal Task<Taken> Ask(HttpClient client) => ask(client);

    /// <summary>Every call of every client.</summary>
    public static IReadOnlyList<AskedRoute> All { get; } = [.. Worker(), .. Attempts(), .. Tasks()];

    private static IEnumerable<AskedRoute> Worker()
    {
        var opened = new SessionOpened
        {
            Session = Session, Epoch = 1, HeartbeatEvery = 15_000, Lease = 45_000, PollWait = 50_000,
            Protocol = SessionProtocol.Named, Name = "pc",
        };
        var open = new OpenSession { Name = "pc", Instance = "i", Kinds = ["command"], Os = "linux", Arch = "x64" };
        var offer = new Offer
        {
            AttemptId = Attempt, TaskId = Task, Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"),
            Timeout = 1, KillGrace = 0,
        };
        yield return Of("open", opened, ProtocolJson.Default.SessionOpened, http => new WorkersClient(http).OpenSession(open));
        yield return Of("close", new SessionClosed(Session, true), ProtocolJson.Default.SessionClosed,
            http => new WorkersClient(http).CloseSession(new CloseSession(Session)));
        yield return Of("poll", new PollAnswer([offer], false, null, Session), ProtocolJson.Default.PollAnswer,
            http => new WorkersClient(http).Poll(new Poll { Session = Session, FreeSlots = 1 }));
        var beat = new HeartbeatAnswer(new() { [Attempt] = "continue" }, false, Session);
        yield return Of("heartbeat", beat, ProtocolJson.Default.HeartbeatAnswer,
            http => new WorkersClient(http).Heartbeat(new Heartbeat { Session = Session, Attempts = [Attempt] }));
        yield return Of("facts", new FactsTaken(Session, true), ProtocolJson.Default.FactsTaken,
            http => new WorkersClient(http).AnnounceFacts(new AnnounceFacts(Session, new WorkerFacts())));
    }

    private static IEnumerable<AskedRoute> Attempts()
    {
        var approval = new ApprovalAnswer { Decision = "wait", State = "awaiting_approval", AttemptId = Attempt, Session = Session };
        var ask = new AskApproval { Session = Session, Rule = "r", Digest = new string('0', 64) };
        var taken = new OutputTaken(Attempt, Session, new NextOutput(1, 1, 0));
        var output = new AppendOutput(Session, [new OutputChunk { Stream = "stdout", Sequence = 0, Offset = 0, Data = [1] }]);
        yield return Of(
            "attempt payload", new FetchedPayload(Attempt, Session, JsonElement.Parse("{}")), ProtocolJson.Default.FetchedPayload,
            http => new AttemptsClient(http).FetchPayload(Attempt, new FetchPayload(Session), 2, () => { }));
        yield return Of("attempt start", new StartedAttempt(Attempt, 1, Session), ProtocolJson.Default.StartedAttempt,
            http => new AttemptsClient(http).StartAttempt(Attempt, new StartAttempt(Session)));
        yield return Of("attempt approval", approval, ProtocolJson.Default.ApprovalAnswer,
            http => new AttemptsClient(http).AskApproval(Attempt, ask));
        yield return Of("attempt output", taken, ProtocolJson.Default.OutputTaken,
            http => new AttemptsClient(http).AppendOutput(Attempt, output));
        yield return Of("attempt frames", taken, ProtocolJson.Default.OutputTaken,
            http => new AttemptsClient(http).AppendFrames(Attempt, output));
        yield return Of("attempt result", new ResultTaken("recorded", "succeeded", Attempt, Session), ProtocolJson.Default.ResultTaken,
            http => new AttemptsClient(http).FinishAttempt(Attempt, new AttemptResult { Session = Session, Outcome = "succeeded" }));
    }

    private static IEnumerable<AskedRoute> Tasks()
    {
        var view = new TaskView { TaskId = Task, Status = "succeeded", State = "succeeded", Kind = "command" };
        var submitted = new Submitted { TaskId = Task, Message = "m" };
        yield return Of("submit", submitted, ProtocolJson.Default.Submitted,
            http => new TasksClient(http).Submit(new SubmitTask { Command = "true" }));
        yield return Of("get", view, ProtocolJson.Default.TaskView, http => new TasksClient(http).GetTask(Task));
        yield return Of("cancel", view, ProtocolJson.Default.TaskView, http => new TasksClient(http).CancelTask(Task));
        yield return Of("decide", view, ProtocolJson.Default.TaskView,
            http => new TasksClient(http).DecideApproval(Task, new DecideApproval { Decision = "approve", Digest = "d" }));
        var worker = new WorkerView { Name = "pc", Status = "online", Labels = [], Kinds = [], Running = [] };
        yield return Of("list workers", new WorkerListView([worker]), ProtocolJson.Default.WorkerListView,
            http => new WorkersClient(http).ListWorkers());
        yield return Of("drain worker", worker, ProtocolJson.Default.WorkerView, http => new WorkersClient(http).DrainWorker("pc"));
        yield return Of("resume worker", worker, ProtocolJson.Default.WorkerView, http => new WorkersClient(http).ResumeWorker("pc"));
        var caller = new CallerView { TokenId = "k", Roles = ["client"], Tenant = "default", Scopes = [] };
        yield return Of("me", caller, ProtocolJson.Default.CallerView, http => new TokensClient(http).GetCaller());
        yield return Of("list", new TaskListView([view]), ProtocolJson.Default.TaskListView,
            http => new TasksClient(http).ListTasks(new TaskFilter()));
    }

    private static AskedRoute Of<TRight, TAnswer>(
        string name, TRight right, JsonTypeInfo<TRight> type, Func<HttpClient, Task<Answer<TAnswer>>> ask) =>
        new(name, JsonSerializer.SerializeToUtf8Bytes(right, type), async http => Made(await ask(http)));

    private static Taken Made<T>(Answer<T> answer) => answer switch
    {
        { Value: not null, Problem: null, Foreign: null, IsOk: true } => Taken.Value,
        { Value: null, Problem: not null, Foreign: null, IsOk: false } => Taken.Problem,
        { Value: null, Problem: null, Foreign: not null, IsOk: false } => Taken.Nothing,
        _ => Taken.None,
    };

    /// <summary>A problem as the server writes it.</summary>
    public static byte[] ProblemOf(string type, int status, string? attempt = null) => JsonSerializer.SerializeToUtf8Bytes(
        new Problem { Type = type, Title = "t", Status = status, Error = "e", AttemptId = attempt }, ProtocolJson.Default.Problem);

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
