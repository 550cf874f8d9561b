using System.Text.Json;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Cli.Approvals;

/// <summary>The owner's yes or no to what waits for it.</summary>
internal static class ApproveVerb
{
    private static readonly VerbOption Yes = new("--yes", "it may run, once");
    private static readonly VerbOption No = new("--no", "it must not run; also takes a yes back while it has not started");
    private static readonly VerbOption For = new(
        "--for", "with --yes: everything of the same rule and kind, too, for so long (at most 1h): what waits and what comes", "TIME");
    private static readonly VerbOption Rules = new("--rules", "lists what is allowed for a while");
    private static readonly VerbOption Revoke = new("--revoke", "takes such a rule back; all: every one", "RULE");

    public static Verb Approve { get; } = new("approve", "lists what waits for your yes, and takes it", Run)
    {
        Words = "[ID]",
        Count = (0, 1),
        Options = [Yes, No, For, Rules, Revoke, VerbOption.Json],
        More = """
            ID is an attempt's id or its beginning. With an ID alone it shows the attempt and asks, which needs a terminal; with
            --json it only shows it. --yes and --no without an ID take the one that waits, when only one does. Before --for lets
            other attempts run that wait already, it lists them and asks on a terminal; without one they run and are listed.
            Exit code 0: done; 1: nothing like that waits, or it was decided already, or nothing was decided; 2: say which one,
            or --yes or --no; 5: no daemon runs.
            """,
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (FindUsageError(call) is { } error)
        {
            call.Error.WriteLine(error);
            return VerbExit.Usage;
        }
        if (call.FindValue(Revoke.Name) is { } rule) return await RevokeRule(call, rule);
        if (call.HasOption(Rules.Name)) return await ShowRules(call);
        var (listed, waiting) = await ListWaiting(call, new ApproveArguments(call.Words.FirstOrDefault()));
        if (listed != VerbExit.Done) return listed;
        foreach (var attempt in waiting)
            ApproveText.Show(call, attempt);
        if (waiting.Count == 0 && !call.Json) call.Out.WriteLine("nothing waits for your yes");
        return call.Words.Count == 0 && !HasDecision(call) ? VerbExit.Done : await SendDecision(call, waiting);
    }

    private static async Task<int> RevokeRule(VerbCall call, string rule)
    {
        var code = await SendOrder(call, new ApproveArguments(Revoke: rule == "all" ? ApproveCommand.All : rule));
        if (code == VerbExit.Done && !call.Json) call.Out.WriteLine($"taken back: {rule}");
        return code;
    }

    private static async Task<int> ShowRules(VerbCall call)
    {
        var count = 0;
        var code = await SendCommand(call, new ApproveArguments(Rules: true), line =>
        {
            count++;
            ApproveText.Show(call, line.Deserialize(ControlJson.Default.TemporaryApprovalView)!);
        });
        if (code == VerbExit.Done && count == 0 && !call.Json) call.Out.WriteLine("nothing is allowed for a while");
        return code;
    }

    private static string? FindUsageError(VerbCall call)
    {
        if (call.HasOption(Yes.Name) && call.HasOption(No.Name)) return "--yes or --no, not both";
        if (call.HasOption(For.Name) && (!call.HasOption(Yes.Name) || Duration.ParseSeconds(call.FindValue(For.Name)!) is null))
            return $"--for goes with --yes and is {Duration.Form}";
        return null;
    }

    private static bool HasDecision(VerbCall call) => call.HasOption(Yes.Name) || call.HasOption(No.Name);

    /// <summary>The digest goes with the answer: should something else wait under the id by now, nothing is decided.</summary>
    private static async Task<int> SendDecision(VerbCall call, List<WaitingAttempt> waiting)
    {
        var noId = call.Words.Count == 0;
        // Of those that are not named the ones with a yes wait for nothing but their time.
        var meant = noId ? waiting.FindAll(attempt => attempt.Starts is null) : waiting;
        if (meant is not [var one])
        {
            if (meant.Count > 0)
                call.Error.WriteLine(noId ? "which one? approve ID --yes" : "the id fits more than one attempt");
            return noId && meant.Count > 0 ? VerbExit.Usage : VerbExit.No;
        }
        if (call.Json && !HasDecision(call)) return VerbExit.Done;
        if (!HasDecision(call) && !call.Terminal.HasPerson)
        {
            call.Error.WriteLine("nothing was decided: there is no terminal to ask on; say --yes or --no");
            return VerbExit.Usage;
        }
        var seconds = call.FindValue(For.Name) is { } text ? Duration.ParseSeconds(text) : null;
        if (GetDecision(call) is not { } yes
            || (seconds is not null && !await ConfirmOthers(call, one, seconds.Value)))
        {
            call.Error.WriteLine("nothing was decided");
            return VerbExit.No;
        }
        return await SendOrder(call, new ApproveArguments(one.Attempt, yes, one.Digest, seconds));
    }

    private static bool? GetDecision(VerbCall call) =>
        HasDecision(call) ? call.HasOption(Yes.Name) : AskPerson(call, "run it? y: it runs, n: it is rejected: ");

    /// <summary>A yes for a while reaches further than what was shown, so that is shown, too, before it counts.</summary>
    private static async Task<bool> ConfirmOthers(VerbCall call, WaitingAttempt one, long seconds)
    {
        if (!call.Terminal.HasPerson || call.Json) return true;
        var (code, others) = await ListWaiting(call, new ApproveArguments(one.Attempt, ForSeconds: seconds));
        others.RemoveAll(other => other.Attempt == one.Attempt);
        if (code != VerbExit.Done || others.Count == 0) return code == VerbExit.Done;
        call.Out.WriteLine($"--for lets these run, too, now:");
        foreach (var other in others)
            ApproveText.Show(call, other);
        return AskPerson(call, "run all of them? [y/N] ") is true;
    }

    /// <summary>Null: neither yes nor no was typed.</summary>
    private static bool? AskPerson(VerbCall call, string question)
    {
        call.Out.Write(question);
        call.Out.Flush();
        return call.Terminal.In.ReadLine()?.Trim().ToLowerInvariant() switch { "y" or "yes" => true, "n" or "no" => false, _ => null };
    }

    private static async Task<(int Code, List<WaitingAttempt> Waiting)> ListWaiting(VerbCall call, ApproveArguments arguments)
    {
        var waiting = new List<WaitingAttempt>();
        void Add(JsonElement line) => waiting.Add(line.Deserialize(ControlJson.Default.WaitingAttempt)!);
        return (await SendCommand(call, arguments, Add), waiting);
    }

    private static Task<int> SendOrder(VerbCall call, ApproveArguments arguments) =>
        SendCommand(call, arguments, line => ApproveText.ShowDecided(call, line));

    private static async Task<int> SendCommand(VerbCall call, ApproveArguments arguments, Action<JsonElement> line)
    {
        var json = JsonSerializer.SerializeToElement(arguments, ControlJson.Default.ApproveArguments);
        var outcome = await ControlClient.SendCommand(call.Home, ApproveCommand.Name, json, line);
        if (outcome.NoDaemon)
            call.Error.WriteLine($"no daemon runs in {call.Home}");
        else if (outcome.Error is { } error)
            call.Error.WriteLine(error);
        return outcome.NoDaemon ? VerbExit.NoDaemon : outcome.Done ? VerbExit.Done : VerbExit.No;
    }
}
