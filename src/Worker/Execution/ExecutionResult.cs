using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution;

/// <summary>How an attempt ended, in the words of the wire (see <c>AttemptResult</c>).</summary>
internal sealed record ExecutionResult
{
    private const int LongestError = 4000;

    /// <summary>One of <see cref="Outcomes"/>.</summary>
    public required string Outcome { get; init; }
    /// <summary>Exit code; null when a signal ended it or nothing ran.</summary>
    public int? ExitCode { get; init; }
    /// <summary><c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }
    public string? Error { get; init; }
    /// <summary>A word for programs: <c>exit-code</c>, <c>could-not-start</c>, <c>timeout</c>, <c>silence</c>, ...</summary>
    public string? Reason { get; init; }
    /// <summary>The executor's own facts.</summary>
    public JsonObject? Metadata { get; init; }

    public static ExecutionResult Succeeded(JsonObject? metadata = null) =>
        new() { Outcome = Outcomes.Succeeded, ExitCode = 0, Metadata = metadata };

    /// <summary>It did not; the exit code 1 is what clients of the original look at.</summary>
    public static ExecutionResult Failed(string reason, string error, int? exitCode = 1, JsonObject? metadata = null) =>
        new() { Outcome = Outcomes.Failed, ExitCode = exitCode, Reason = reason, Error = error, Metadata = metadata };

    /// <summary>The owner's own rules refuse it; nothing ran.</summary>
    public static ExecutionResult Rejected(string reason, string error) =>
        new() { Outcome = Outcomes.Rejected, Reason = reason, Error = error };

    /// <summary>It was begun, and after a restart of the worker its executor would not or could not go on with it.</summary>
    public static ExecutionResult LostByRestart(ExecutionResult rejection) => new()
    {
        Outcome = Outcomes.Lost,
        Reason = "worker-restarted",
        Error = $"it was ended after a restart of the worker, which could not go on with it: {rejection.Error}",
    };

    /// <summary>What the end of its process, and why it was stopped if it was, mean for the attempt.</summary>
    public static ExecutionResult FromProcess(ProcessEnd end, StopReason why)
    {
        if (end.StartError is { } error) return Failed("could-not-start", error, null);
        var metadata = CreateFacts(end);
        if (end.Limit is { } limit)
            return Failed(limit, DescribeLimit(limit), end.ExitCode, metadata) with { Signal = end.Signal };
        if (why != StopReason.None && end.Tree is not null)
            return FromStopReason(why) with { ExitCode = end.ExitCode, Signal = end.Signal, Metadata = metadata };
        if (end.Signal is { } signal)
            return Failed("signal", $"ended by {signal}", null, metadata) with { Signal = signal };
        return end.ExitCode is 0
            ? Succeeded(metadata)
            : Failed("exit-code", string.Create(CultureInfo.InvariantCulture, $"exit code {end.ExitCode}"), end.ExitCode, metadata);
    }

    /// <summary>The same as the server takes it, with the output it has not got yet.</summary>
    public AttemptResult ToAttemptResult(OutputRemainder rest, TimeSpan took) => new()
    {
        Session = "",
        Outcome = Outcome,
        ExitCode = ExitCode,
        Signal = Signal,
        Error = SanitizeError(Error),
        Reason = Reason,
        Duration = (long)took.TotalMilliseconds,
        StdoutBytes = rest.StdoutBytes,
        StderrBytes = rest.StderrBytes,
        StdoutSha256 = rest.StdoutSha256,
        StderrSha256 = rest.StderrSha256,
        Output = rest.Unsent.Length == 0 ? null : rest.Unsent,
        Metadata = Metadata?.ToJsonString() is { Length: < Limits.ResultRecord / 2 } json ? JsonElement.Parse(json) : null,
    };

    /// <summary>The server takes no NUL and no half characters in texts.</summary>
    private static string? SanitizeError(string? text) => text is null ? null : string.Concat(
        text.Replace('\0', '\uFFFD').EnumerateRunes().Take(LongestError).Select(rune => rune.ToString()));

    /// <summary>What it used, and the proof when its tree was ended.</summary>
    private static JsonObject? CreateFacts(ProcessEnd end)
    {
        var facts = new JsonObject();
        if (end.Tree is { } tree)
            (facts["killed"], facts["survivors"], facts["heldBy"]) = (tree.Killed, tree.Survivors, end.HeldBy);
        if (end.Usage is { } usage)
        {
            facts["usage"] = new JsonObject
            {
                ["userCpu"] = usage.UserMilliseconds,
                ["systemCpu"] = usage.SystemMilliseconds,
                ["cpuFrom"] = usage.CpuFrom,
                ["peakMemory"] = usage.PeakMemoryBytes > 0 ? usage.PeakMemoryBytes : null,
                ["memoryFrom"] = usage.MemoryFrom,
            };
        }
        return facts.Count > 0 ? facts : null;
    }

    private static string DescribeLimit(string limit) => limit switch
    {
        ProcessLimits.Memory => "used more memory than its limit",
        ProcessLimits.Cpu => "used more CPU time than its limit",
        ProcessLimits.Process => "had more processes than its limit",
        ProcessLimits.Output => "printed more than its limit",
        _ => limit,
    };

    /// <summary>What ending it early means for the attempt.</summary>
    public static ExecutionResult FromStopReason(StopReason why) => why switch
    {
        StopReason.Cancel => new() { Outcome = Outcomes.Cancelled, Reason = "cancel", Error = "cancelled" },
        StopReason.Timeout => new() { Outcome = Outcomes.TimedOut, Reason = "timeout", Error = "ran longer than its timeout" },
        StopReason.Silence => new() { Outcome = Outcomes.TimedOut, Reason = "silence", Error = "printed nothing for too long" },
        StopReason.NoFirstOutput => new()
        {
            Outcome = Outcomes.TimedOut,
            Reason = "no-first-output",
            Error = "nothing came from the model for too long: the agent may wait for a login or an input, or its server does not answer",
        },
        StopReason.WorkerStopped => new()
        {
            Outcome = Outcomes.Failed,
            Reason = "worker-stopped",
            Error = "the worker was stopped while the task ran",
        },
        StopReason.Superseded => new() { Outcome = Outcomes.Lost, Reason = "superseded", Error = "another attempt took its place" },
        StopReason.LeaseLost => new()
        {
            Outcome = Outcomes.Lost,
            Reason = "lease-ran-out",
            Error = "ended because the server could not be reached and another attempt, or another task with its key, may follow",
        },
        StopReason.SupervisorLost => new()
        {
            Outcome = Outcomes.Lost,
            Reason = "supervisor-lost",
            Error = "its supervisor was killed, so how it would have ended is not known",
        },
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };
}
