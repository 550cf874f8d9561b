using System.Text.Json;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Protocol.Problems;
using LogChunk = OpenClaw.GrainInterfaces.Output.OutputChunk;
using WireChunk = OpenClaw.Protocol.Attempts.OutputChunk;

namespace OpenClaw.Gateway.Attempts;

/// <summary>Checks what a worker reports and turns it into what the cluster keeps.</summary>
internal static class AttemptRules
{
    private const int LongestText = 16 * 1024;
    private const int LongestWord = 64;

    /// <summary>The chunks for the log; null when some are wrong.</summary>
    public static LogChunk[]? ToChunks(WireChunk[]? chunks, string field, int attempt, DateTimeOffset at, FieldErrors errors)
    {
        if (chunks is null) return [];
        if (chunks.Length > Limits.OutputChunks) errors.Add(field, $"must have at most {Limits.OutputChunks} entries");
        var bytes = 0L;
        for (var i = 0; i < chunks.Length && !errors.Any; i++)
        {
            if (chunks[i] is not { } chunk)
            {
                errors.Add($"{field}[{i}]", "must not be null");
                continue;
            }
            if (ParseStream(chunk.Stream) == OutputStream.None) errors.Add($"{field}[{i}].stream", "must be stdout or stderr");
            errors.RequireRange($"{field}[{i}].sequence", chunk.Sequence, 0, long.MaxValue);
            errors.RequireRange($"{field}[{i}].offset", chunk.Offset, 0, long.MaxValue - Limits.OutputBody);
            errors.RequireRange($"{field}[{i}].elapsed", chunk.Elapsed, 0, Limits.StartWithin);
            bytes += chunk.Data.Length;
        }
        if (bytes > Limits.OutputChunk) errors.Add(field, $"must be at most {Limits.OutputChunk} bytes together");
        return errors.Any
            ? null
            : Array.ConvertAll(chunks,
                c => new LogChunk(attempt, ParseStream(c.Stream), c.Sequence, c.Offset, c.Data, at) { Elapsed = c.Elapsed });
    }

    /// <summary>The outcome; null when something is wrong.</summary>
    public static AttemptOutcome? ToOutcome(AttemptResult result, int attempt, FieldErrors errors)
    {
        var kind = OutcomeKinds.Parse(result.Outcome);
        if (kind == OutcomeKind.None)
            errors.Add("outcome", "must be one of succeeded, failed, timed_out, cancelled, rejected, lost");
        if (kind == OutcomeKind.Succeeded && result.ExitCode is not (null or 0)) errors.Add("exitCode", "must be 0 when it succeeded");
        errors.RequireText("error", result.Error, LongestText);
        errors.RequireText("reason", result.Reason, LongestWord);
        errors.RequireText("signal", result.Signal, LongestWord);
        errors.RequireRange("duration", result.Duration, 0, Limits.StartWithin);
        errors.RequireRange("stdoutBytes", result.StdoutBytes, 0, long.MaxValue);
        errors.RequireRange("stderrBytes", result.StderrBytes, 0, long.MaxValue);
        Sha256Hex.CheckLowerCase(errors, "stdoutSha256", result.StdoutSha256);
        Sha256Hex.CheckLowerCase(errors, "stderrSha256", result.StderrSha256);
        var metadata = ReadMetadata(result.Metadata, errors);
        return errors.Any ? null : new AttemptOutcome
        {
            Kind = kind,
            Attempt = attempt,
            ExitCode = result.ExitCode,
            Signal = result.Signal,
            Error = result.Error,
            Reason = result.Reason,
            Duration = result.Duration is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            StdoutBytes = result.StdoutBytes,
            StderrBytes = result.StderrBytes,
            StdoutSha256 = result.StdoutSha256,
            StderrSha256 = result.StderrSha256,
            Metadata = metadata,
        };
    }

    private static OutputStream ParseStream(string word) => word switch
    {
        StreamNames.Stdout => OutputStream.Stdout,
        StreamNames.Stderr => OutputStream.Stderr,
        _ => OutputStream.None,
    };

    private static byte[]? ReadMetadata(JsonElement? metadata, FieldErrors errors)
    {
        if (metadata is not { ValueKind: not JsonValueKind.Null } value) return null;
        if (value.ValueKind != JsonValueKind.Object) errors.Add("metadata", "must be an object");
        var json = JsonSerializer.SerializeToUtf8Bytes(value, ProtocolJson.Default.JsonElement);
        if (json.Length > Limits.ResultRecord) errors.Add("metadata", $"must be at most {Limits.ResultRecord} bytes");
        return json;
    }
}
