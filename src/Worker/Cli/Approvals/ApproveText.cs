using System.Globalization;
using System.Text.Json;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Cli.Approvals;

/// <summary>What <c>approve</c> prints.</summary>
internal static class ApproveText
{
    public static void Show(VerbCall call, TemporaryApprovalView rule) => call.Out.WriteLine(call.Json
        ? JsonSerializer.Serialize(rule, ControlJson.Default.TemporaryApprovalView)
        : $"{rule.Rule} for tasks of kind {rule.Kind} until {FormatTime(rule.Until)}");

    public static void Show(VerbCall call, WaitingAttempt attempt)
    {
        if (call.Json)
        {
            call.Out.WriteLine(JsonSerializer.Serialize(attempt, ControlJson.Default.WaitingAttempt));
            return;
        }
        var waited = Duration.FormatMilliseconds(attempt.WaitedMs);
        var left = attempt.LeftMs is { } ms ? $"{Duration.FormatMilliseconds(ms)} left" : "the server was not reached yet";
        call.Out.WriteLine(attempt.Starts is { } starts
            ? $"{attempt.Attempt} ({attempt.Kind}), has its yes and starts {starts}, {left}"
            : $"{attempt.Attempt} ({attempt.Kind}), waits for {waited}, {left}");
        call.Out.WriteLine($"  rule    {attempt.Rule}{(attempt.Why.Length == 0 ? "" : $": {attempt.Why}")}");
        if (attempt.OtherRules is { } others) call.Out.WriteLine($"  and     {string.Join(", ", others)}");
        call.Out.WriteLine($"  runs    {attempt.What}");
        ShowBinding(call, attempt.Bound ?? [], attempt.Unbound);
        call.Out.WriteLine($"  digest  {attempt.Digest}");
    }

    /// <summary>The files that a yes is to, and why they are not all of what would run. Both are escaped.</summary>
    public static void ShowBinding(VerbCall call, IEnumerable<string> bound, string? open)
    {
        foreach (var file in bound) call.Out.WriteLine($"  bound   {file}");
        if (open is not null) call.Out.WriteLine($"  OPEN    {open}");
    }

    /// <summary>A line of the daemon's about what it did.</summary>
    public static void ShowDecided(VerbCall call, JsonElement line)
    {
        if (call.Json)
            call.Out.WriteLine(line.GetRawText());
        else if (line.TryGetProperty("attempt", out _) && line.Deserialize(ControlJson.Default.DecidedAttempt) is { } one)
            call.Out.WriteLine(
                $"{one.Attempt} {(one.MayRun ? "may run" : "will not run")}{(one.Starts is { } when ? $"; it starts {when}" : "")}");
        else if (line.Deserialize(ControlJson.Default.TemporaryApprovalView) is { } rule)
        {
            call.Out.WriteLine($"and until {FormatTime(rule.Until)} every task of kind {rule.Kind} that {rule.Rule} asks about, unasked; "
                + "approve --revoke takes it back");
        }
    }

    private static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
