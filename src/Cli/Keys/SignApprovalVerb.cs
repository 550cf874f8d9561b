using System.Text.Json;
using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Cli.Keys;

/// <summary>
/// Signs a yes or a no to what waits on a PC. What it is bound to is shown before, and a person at a terminal is asked; without one
/// nothing is decided by itself.
/// </summary>
internal static class SignApprovalVerb
{
    private const long ByDefault = 600_000;

    private static readonly VerbOption Yes = new("--yes", "it may run");
    private static readonly VerbOption No = new("--no", "it may not");
    private static readonly VerbOption Digest =
        new("--digest", "only if this is what waits, as openclaw-worker approve shows it", "SHA256");
    private static readonly VerbOption For =
        new("--for", "and its rule asks about tasks of the same kind no more for so long (1h at most), counted from now", "TIME");

    private static readonly VerbOption Expires = new("--expires", "it counts no later (10m, or the time of --for; 32d at most)", "TIME");
    private static readonly VerbOption Tenant = new("--tenant", "the tenant that the PC trusts the key for (default)", "NAME");
    private static readonly VerbOption Submit = new("--submit", "sends it to the server");

    public static Verb Sign { get; } = new("keys sign-approval", "signs a yes or a no to a task that waits for one", Run)
    {
        Words = "TASK",
        Count = (1, 1),
        Options = [KeyFile.Option, Yes, No, Digest, For, Expires, Tenant, Submit],
        More = "Without --submit the body of POST /tasks/TASK/approval is printed.\n"
            + "What would run is shown in the server's words; the digest is the PC's own. Who does not trust the server compares it with\n"
            + "what openclaw-worker approve shows there, or gives it with --digest.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        List<string> wrong = [];
        var (time, expires) = (call.ReadDuration(For, wrong), call.ReadDuration(Expires, wrong));
        if (time > ApprovalStatement.LongestFor) wrong.Add($"{For.Name} is 1h at most");
        if (expires > Limits.SignedFor) wrong.Add($"{Expires.Name} is {Duration.FormatMilliseconds(Limits.SignedFor)} at most");
        if (call.HasOption(Yes) && call.HasOption(No)) wrong.Add("--yes and --no: one of them");
        if (call.HasOption(No) && time is not null) wrong.Add("--for goes with a yes alone");
        if (!Guid.TryParse(call.Words[0], out var id)) wrong.Add($"{call.Words[0]} is no task's id");
        var (key, noKey) = KeyFile.Read(call.FindValue(KeyFile.Option));
        using (key)
        {
            if (key is null) wrong.Add(noKey!);
            if (wrong.Count > 0) return call.FailUsage(wrong);
            var (task, exit) = await call.AskServer(http => new TasksClient(http).GetTask(id.ToString()));
            if (task is null) return exit;
            if (task.Approval is not { } asked) return call.Fail(ExitCodes.No, $"task {id} does not wait for a yes: it is {task.State}");
            if (call.FindValue(Digest) is { } digest && digest != asked.Digest)
                return call.Fail(ExitCodes.No, $"something else waits: its digest is {asked.Digest}");
            if (Decide(call, task, asked, time) is not { } decision)
                return call.Fail(ExitCodes.Usage, "nothing is signed without --yes or --no, or a person at a terminal who says so");
            var now = call.Terminal.Clock.GetUtcNow();
            var signed = new DecideApproval { Decision = decision, Digest = asked.Digest }.Sign(
                key!, id, asked.Attempt, now.AddMilliseconds(expires ?? Math.Max(ByDefault, time ?? 0)),
                decision == "approve" && time is { } ms ? (asked.Rule, TimeSpan.FromMilliseconds(ms)) : null, call.FindValue(Tenant), now);
            return await ShowSigned(call, id, signed);
        }
    }

    /// <summary>Null: nobody has said anything.</summary>
    private static string? Decide(VerbCall call, TaskView task, ApprovalView asked, long? time)
    {
        TextTable.WriteProperties(call.Error,
            ("task", $"{task.TaskId}, attempt {asked.Attempt}"), ("worker", task.Worker), ("kind", task.Kind),
            ("rule", asked.Rule), ("what", asked.Summary), ("digest", asked.Digest),
            ("for", time is { } ms ? $"{Duration.FormatMilliseconds(ms)}, all that this rule asks about of the same kind" : null));
        if (call.HasOption(No)) return "reject";
        if (call.HasOption(Yes)) return "approve";
        if (!call.Terminal.HasPerson) return null;
        call.Error.Write("May it run? yes or no: ");
        return call.Terminal.In.ReadLine()?.Trim() switch { "yes" => "approve", "no" => "reject", _ => null };
    }

    private static async Task<int> ShowSigned(VerbCall call, Guid id, DecideApproval signed)
    {
        if (!call.HasOption(Submit))
        {
            return call.Show(signed, ProtocolJson.Default.DecideApproval,
                to => to.WriteLine(JsonSerializer.Serialize(signed, ProtocolJson.Default.DecideApproval)));
        }
        var (task, exit) = await call.AskServer(http => new TasksClient(http).DecideApproval(id.ToString(), signed));
        return task is null ? exit : call.Show(
            new SubmittedView(task.TaskId, task.State), KeysJson.Default.SubmittedView,
            to => to.WriteLine(signed.Decision == "approve" ? "approved; whether it counts the PC says" : "rejected"));
    }
}
