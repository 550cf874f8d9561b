using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Attempts.Results;

/// <summary>Makes the record of how an attempt ended, as the server takes it.</summary>
internal static class ResultRecord
{
    private const int LongestError = 4000;

    public static AttemptResult CreateResult(ExecutionResult end, OutputRemainder rest, TimeSpan took) => new()
    {
        Session = "",
        Outcome = end.Outcome,
        ExitCode = end.ExitCode,
        Signal = end.Signal,
        Error = SanitizeError(end.Error),
        Reason = end.Reason,
        Duration = (long)took.TotalMilliseconds,
        StdoutBytes = rest.StdoutBytes,
        StderrBytes = rest.StderrBytes,
        StdoutSha256 = rest.StdoutSha256,
        StderrSha256 = rest.StderrSha256,
        Output = rest.Unsent.Length == 0 ? null : rest.Unsent,
        Metadata = end.Metadata?.ToJsonString() is { Length: < Limits.ResultRecord / 2 } json ? JsonElement.Parse(json) : null,
    };

    /// <summary>The server takes no NUL and no half characters in texts.</summary>
    private static string? SanitizeError(string? text) => text is null ? null : string.Concat(
        text.Replace('\0', '\uFFFD').EnumerateRunes().Take(LongestError).Select(rune => rune.ToString()));
}
