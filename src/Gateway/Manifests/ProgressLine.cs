using System.Text.Json;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Manifests;

/// <summary>
/// How far a running task of a custom kind is: the last whole line <c>::progress {...}</c> among the newest bytes of its stdout. The output
/// is the only place where it is kept.
/// </summary>
internal static class ProgressLine
{
    private const int Newest = 64 * 1024, LongestLine = 4096, LongestMessage = 500;
    private static ReadOnlySpan<byte> Mark => "::progress "u8;

    public static async ValueTask<TaskProgress?> ReadNewest(IOutputLog log, Guid task, int attempt, CancellationToken cancellation)
    {
        var cursor = await log.ReadCursor(task, attempt, cancellation);
        if (cursor.StdoutOffset == 0) return null;
        var from = Math.Max(0, cursor.StdoutOffset - Newest);
        var chunks = await log.ReadFromOffset(task, attempt, OutputStream.Stdout, from, 2 * Newest, cancellation);
        return FindLast([.. chunks.SelectMany(chunk => chunk.Data.ToArray())]);
    }

    /// <summary>The last whole line that says how far it is and can be understood.</summary>
    internal static TaskProgress? FindLast(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.LastIndexOf((byte)'\n');
        while (end >= 0)
        {
            bytes = bytes[..end];
            end = bytes.LastIndexOf((byte)'\n');
            var line = bytes[(end + 1)..].TrimEnd((byte)'\r');
            if (line.Length <= LongestLine && line.StartsWith(Mark) && Parse(line[Mark.Length..]) is { } progress) return progress;
        }
        return null;
    }

    private static TaskProgress? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var said = JsonElement.Parse(json);
            if (said.ValueKind != JsonValueKind.Object) return null;
            double? percent = said.TryGetProperty("percent", out var number) && number.ValueKind == JsonValueKind.Number
                && number.TryGetDouble(out var value) && value is >= 0 and <= 100 ? value : null;
            var message = said.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : null;
            if (message?.Length > LongestMessage) message = message[..LongestMessage];
            return percent is null && message is null ? null : new(percent, message);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
