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
            ID is an attempt's id or its beginning. With an ID alone it shows the attempt and asks, which needs a terminal; with --json it only
            shows it. --yes and --no without an ID take the one that waits, when only one does. Before --for lets other attempts run that wait
            already, it lists them and asks on a terminal; without one they run and are listed. Exit code 0: done; 1: nothing like that waits,
            or it was decided already, or nothing was decided; 2: say which one, or --yes or --no; 5: no daemon runs.
            """,
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (Wrong(call) is { } wrong)
        {
            call.Error.WriteLine(wrong);
            return VerbExit.Usage;
        }
        if (call.Value(Revoke.Name) is { } rule)
            return await TakeBack(call, rule).ConfigureAwait(false);
        if (call.Has(Rules.Name))
            return await ShowRules(call).ConfigureAwait(false);
        var (listed, waiting) = await List(call, new ApproveArguments(call.Words.FirstOrDefault())).ConfigureAwait(false);
        if (listed != VerbExit.Done)
            return listed;
        foreach (var attempt in waiting)
            ApproveText.Show(call, attempt);
        if (waiting.Count == 0 && !call.Json)
            call.Out.WriteLine("nothing waits for your yes");
        return call.Words.Count == 0 && !Decides(call) ? VerbExit.Done : await Decide(call, waiting).ConfigureAwait(false);
    }

    private static async Task<int> TakeBack(VerbCall call, string rule)
    {
        var code = await Order(call, new ApproveArguments(Revoke: rule == "all" ? ApproveCommand.All : rule)).ConfigureAwait(false);
        if (code == VerbExit.Done && !call.Json)
            call.Out.WriteLine($"taken back: {rule}");
        return code;
    }

    private static async Task<int> ShowRules(VerbCall call)
    {
        var count = 0;
        var code = await Send(call, new ApproveArguments(Rules: true), line =>
        {
            count++;
            ApproveText.Show(call, line.Deserialize(ControlJson.Default.StandingYes)!);
        }).ConfigureAwait(false);
        if (code == VerbExit.Done && count == 0 && !call.Json)
            call.Out.WriteLine("nothing is allowed for a while");
        return code;
    }

    private static string? Wrong(VerbCall call)
    {
        if (call.Has(Yes.Name) && call.Has(No.Name))
            return "--yes or --no, not both";
        if (call.Has(For.Name) && (!call.Has(Yes.Name) || Duration.Seconds(call.Value(For.Name)!) is null))
            return $"--for goes with --yes and is {Duration.Form}";
        return null;
    }

    private static bool Decides(VerbCall call) => call.Has(Yes.Name) || call.Has(No.Name);

    /// <summary>The digest goes with the answer: should something else wait under the id by now, nothing is decided.</summary>
    private static async Task<int> Decide(VerbCall call, List<WaitingAttempt> waiting)
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
        if (call.Json && !Decides(call))
            return VerbExit.Done;
        if (!Decides(call) && !call.Terminal.HasPerson)
        {
            call.Error.WriteLine("nothing was decided: there is no terminal to ask on; say --yes or --no");
            return VerbExit.Usage;
        }
        var seconds = call.Value(For.Name) is { } text ? Duration.Seconds(text) : null;
        if (Answer(call) is not { } yes || (seconds is not null && !await MayRunToo(call, one, seconds.Value).ConfigureAwait(false)))
        {
            call.Error.WriteLine("nothing was decided");
            return VerbExit.No;
        }
        return await Order(call, new ApproveArguments(one.Attempt, yes, one.Digest, seconds)).ConfigureAwait(false);
    }

    private static bool? Answer(VerbCall call) => Decides(call) ? call.Has(Yes.Name) : Ask(call, "run it? y: it runs, n: it is rejected: ");

    /// <summary>A yes for a while reaches further than what was shown, so that is shown, too, before it counts.</summary>
    private static async Task<bool> MayRunToo(VerbCall call, WaitingAttempt one, long seconds)
    {
        if (!call.Terminal.HasPerson || call.Json)
            return true;
        var (code, others) = await List(call, new ApproveArguments(one.Attempt, ForSeconds: seconds)).ConfigureAwait(false);
        others.RemoveAll(other => other.Attempt == one.Attempt);
        if (code != VerbExit.Done || others.Count == 0)
            return code == VerbExit.Done;
        call.Out.WriteLine($"--for lets these run, too, now:");
        foreach (var other in others)
            ApproveText.Show(call, other);
        return Ask(call, "run all of them? [y/N] ") is true;
    }

    /// <summary>Null: neither yes nor no was typed.</summary>
    private static bool? Ask(VerbCall call, string question)
    {
        call.Out.Write(question);
        call.Out.Flush();
        return call.Terminal.In.ReadLine()?.Trim().ToLowerInvariant() switch { "y" or "yes" => true, "n" or "no" => false, _ => null };
    }

    private static async Task<(int Code, List<WaitingAttempt> Waiting)> List(VerbCall call, ApproveArguments arguments)
    {
        var waiting = new List<WaitingAttempt>();
        void Add(JsonElement line) => waiting.Add(line.Deserialize(ControlJson.Default.WaitingAttempt)!);
        return (await Send(call, arguments, Add).ConfigureAwait(false), waiting);
    }

    private static Task<int> Order(VerbCall call, ApproveArguments arguments) =>
        Send(call, arguments, line => ApproveText.ShowDecided(call, line));

    private static async Task<int> Send(VerbCall call, ApproveArguments arguments, Action<JsonElement> line)
    {
        var json = JsonSerializer.SerializeToElement(arguments, ControlJson.Default.ApproveArguments);
        var outcome = await ControlClient.Ask(call.Home, ApproveCommand.Name, json, line).ConfigureAwait(false);
        if (outcome.NoDaemon)
            call.Error.WriteLine($"no daemon runs in {call.Home}");
        else if (outcome.Error is { } error)
            call.Error.WriteLine(error);
        return outcome.NoDaemon ? VerbExit.NoDaemon : outcome.Done ? VerbExit.Done : VerbExit.No;
    }
}
