using System.Text.Json;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// What the beginning of a session's file tells: the folder it belongs to, the first words of its first prompt, and its id where the
/// file's name does not have it whole.
/// </summary>
internal sealed record SessionHead(string? Folder, string? Topic, string? Id = null)
{
    /// <summary>Enough for a list of many: one whose first prompt is longer is listed without its topic.</summary>
    public const int ForList = 512 * 1024;

    /// <summary>Enough for one: a first prompt may have 262,144 bytes, stand there several times, and six bytes a character.</summary>
    public const int ForTurn = 8 * 1024 * 1024;

    private const int Small = 64 * 1024, TopicLength = 80;

    /// <summary>Reads as little as tells all, never more than <paramref name="most"/>.</summary>
    public static SessionHead ReadFile(string path, Func<JsonElement, SessionHead> readLine, int most = ForList)
    {
        var head = new SessionHead(null, null);
        for (var size = Math.Min(Small, most); ; size = Math.Min(size * 8, most))
        {
            var bytes = SessionFile.ReadStart(path, size);
            head = Parse(bytes, readLine);
            if (bytes.Length < size || size == most || head is { Folder: not null, Topic: not null }) return head;
        }
    }

    /// <summary>The same from bytes, of which the last line may be cut.</summary>
    public static SessionHead Parse(ReadOnlySpan<byte> bytes, Func<JsonElement, SessionHead> readLine)
    {
        var head = new SessionHead(null, null);
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end && (head.Folder is null || head.Topic is null))
        {
            var reader = new Utf8JsonReader(bytes[..end]);
            bytes = bytes[(end + 1)..];
            try
            {
                using var line = JsonDocument.ParseValue(ref reader);
                if (line.RootElement.ValueKind != JsonValueKind.Object) continue;
                var found = readLine(line.RootElement);
                head = new(head.Folder ?? found.Folder, head.Topic ?? found.Topic, head.Id ?? found.Id);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Another program's file, half written or from another version: what can be read of it is enough.
            }
        }
        return head;
    }

    public static string? ReadString(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The first words of a message's content, a text or parts with one; null when it is not a person's.</summary>
    public static string? ReadPrompt(JsonElement content)
    {
        var text = content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array =>
                content.EnumerateArray().Select(part => ReadString(part, "text")).FirstOrDefault(part => part is not null),
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
}
