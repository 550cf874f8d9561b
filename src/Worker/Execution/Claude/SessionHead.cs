using System.Text.Json;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What the beginning of a session's file tells: the folder it belongs to and the first words of its first prompt.</summary>
internal sealed record SessionHead(string? Folder, string? Topic)
{
    private const int Small = 64 * 1024, Large = 512 * 1024, TopicLength = 80;

    /// <summary>Reads as little as tells both, never more than the first 512 KiB.</summary>
    public static SessionHead Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[Small];
            var got = stream.ReadAtLeast(buffer, Small, throwOnEndOfStream: false);
            var head = Parse(buffer.AsSpan(0, got));
            if (got < Small || head is { Folder: not null, Topic: not null }) return head;
            Array.Resize(ref buffer, Large);
            got += stream.ReadAtLeast(buffer.AsSpan(got), Large - got, throwOnEndOfStream: false);
            return Parse(buffer.AsSpan(0, got));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(null, null);
        }
    }

    /// <summary>The same from bytes, of which the last line may be cut.</summary>
    public static SessionHead Parse(ReadOnlySpan<byte> bytes)
    {
        string? folder = null, topic = null;
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end && (folder is null || topic is null))
        {
            var reader = new Utf8JsonReader(bytes[..end]);
            bytes = bytes[(end + 1)..];
            try
            {
                using var line = JsonDocument.ParseValue(ref reader);
                if (line.RootElement.ValueKind != JsonValueKind.Object) continue;
                folder ??= Text(line.RootElement, "cwd");
                topic ??= Prompt(line.RootElement);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Another program's file, half written or from another version: what can be read of it is enough.
            }
        }
        return new(folder, topic);
    }

    private static string? Prompt(JsonElement line)
    {
        var isMeta = line.TryGetProperty("isMeta", out var meta) && meta.ValueKind == JsonValueKind.True;
        if (Text(line, "type") != "user" || isMeta) return null;
        if (!line.TryGetProperty("message", out var message) || !message.TryGetProperty("content", out var content)) return null;
        var text = content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array => content.EnumerateArray().Select(part => Text(part, "text")).FirstOrDefault(part => part is not null),
            _ => null,
        };
        // Tags are what the CLI itself puts there: commands, reminders.
        return text is null || text.StartsWith('<') ? null : FirstWords(text);
    }

    private static string FirstWords(string prompt)
    {
        var start = prompt.Length <= 4 * TopicLength ? prompt : prompt[..(4 * TopicLength)];
        var line = string.Join(' ', start.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= TopicLength) return line;
        var cut = char.IsHighSurrogate(line[TopicLength - 1]) ? TopicLength - 1 : TopicLength;
        return line[..cut].TrimEnd() + "...";
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
