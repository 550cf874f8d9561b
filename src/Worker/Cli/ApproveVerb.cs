using System.Globalization;
using System.Text.Json;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Cli;

/// <summary>The owner's yes or no to what waits for it.</summary>
internal static class ApproveVerb
{
    private static readonly VerbOption Yes = new("--yes", "it may run, once");
    private static readonly VerbOption No = new("--no", "it must not run");
    private static readonly VerbOption For = new("--for", "with --yes: everything of the same rule and kind, too, for so long (at most 1h)", "TIME");
    private static readonly VerbOption Rules = new("--rules", "lists what is allowed for a while");
    private static readonly VerbOption Revoke = new("--revoke", "takes such a rule back; all: every one", "RULE");

    public static Verb Approve { get; } = new("approve", "lists what waits for your yes, and takes it", Run)
    {
        Words = "[ID]",
        Count = (0, 1),
        Options = [Yes, No, For, Rules, Revoke, VerbOption.Json],
        More = "ID is an attempt's id or its beginning. With an ID alone it shows the attempt and asks. --yes and --no without an ID take the one\n"
            + "that waits, when only one does. Exit code 0: done; 1: nothing like that waits, or it was decided already; 2: say which one;\n"
            + "5: no daemon runs.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        if (Wrong(call) is { } wrong)
        {
            call.Error.WriteLine(wrong);
            return VerbExit.Usage;
        }
        if (call.Value(Revoke.Name) is { } rule)
            return await Send(call, new ApproveArguments(Revoke: rule == "all" ? ApproveCommand.All : rule), _ => { }).ConfigureAwait(false);
        if (call.Has(Rules.Name))
            return await Send(call, new ApproveArguments(Rules: true), line => Show(call, line.Deserialize(ControlJson.Default.StandingYes)!)).ConfigureAwait(false);
        var waiting = new List<WaitingAttempt>();
        var listed = await Send(
            call, new ApproveArguments(call.Words.FirstOrDefault()), line => waiting.Add(line.Deserialize(ControlJson.Default.WaitingAttempt)!)).ConfigureAwait(false);
        if (listed != VerbExit.Done)
            return listed;
        foreach (var attempt in waiting)
            Show(call, attempt);
        if (waiting.Count == 0 && !call.Json)
            call.Out.WriteLine("nothing waits for your yes");
        return call.Words.Count == 0 && !Decides(call) ? VerbExit.Done : await Decide(call, waiting).ConfigureAwait(false);
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

    /// <summary>The digest goes with the word: should something else wait under the id by now, nothing is decided.</summary>
    private static async Task<int> Decide(VerbCall call, List<WaitingAttempt> waiting)
    {
        if (waiting is not [var one])
        {
            var noId = call.Words.Count == 0;
            if (waiting.Count > 0)
                call.Error.WriteLine(noId ? "which one? approve ID --yes" : "the id fits more than one attempt");
            return noId && waiting.Count > 0 ? VerbExit.Usage : VerbExit.No;
        }
        if (Word(call) is not { } yes)
            return VerbExit.Done;
        var seconds = call.Value(For.Name) is { } text ? Duration.Seconds(text) : null;
        var code = await Send(call, new ApproveArguments(one.Attempt, yes, one.Digest, seconds), _ => { }).ConfigureAwait(false);
        if (code == VerbExit.Done && !call.Json)
            call.Out.WriteLine($"{one.Attempt} {(yes ? "may run" : "will not run")}");
        return code;
    }

    private static bool? Word(VerbCall call)
    {
        if (Decides(call))
            return call.Has(Yes.Name);
        if (call.Json)
            return null;
        call.Out.Write("run it? [y/N] ");
        call.Out.Flush();
        return call.Terminal.In.ReadLine() switch { null => null, var text => text.Trim() is "y" or "Y" or "yes" };
    }

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

    private static void Show(VerbCall call, StandingYes rule) => call.Out.WriteLine(call.Json
        ? JsonSerializer.Serialize(rule, ControlJson.Default.StandingYes)
        : string.Create(CultureInfo.InvariantCulture, $"{rule.Rule} for tasks of kind {rule.Kind} until {rule.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"));

    private static void Show(VerbCall call, WaitingAttempt attempt)
    {
        if (call.Json)
        {
            call.Out.WriteLine(JsonSerializer.Serialize(attempt, ControlJson.Default.WaitingAttempt));
            return;
        }
        var left = attempt.LeftMs is { } ms ? $"{Duration.Text(ms)} left" : "the server has not answered yet";
        call.Out.WriteLine($"{attempt.Attempt} ({attempt.Kind}), waits for {Duration.Text(attempt.WaitedMs)}, {left}");
        call.Out.WriteLine($"  rule    {attempt.Rule}{(attempt.Why.Length == 0 ? "" : $": {attempt.Why}")}");
        call.Out.WriteLine($"  runs    {attempt.What}");
        call.Out.WriteLine($"  digest  {attempt.Digest}");
    }
}
