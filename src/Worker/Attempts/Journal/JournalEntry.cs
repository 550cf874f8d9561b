using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision;

namespace OpenClaw.Worker.Attempts.Journal;

/// <summary>The steps of an attempt that are recorded.</summary>
internal enum JournalStep : byte
{
    /// <summary>It was offered, and the server is about to be asked for its start. Durable before it is asked.</summary>
    Asked = 1,
    /// <summary>The server committed its start.</summary>
    Committed = 2,
    /// <summary>It has a process, or a supervisor that is about to start one.</summary>
    Spawned = 3,
    /// <summary>Nothing is left to do: its result is in the spool or with the server, or it never ran.</summary>
    Ended = 4,
}

/// <summary>One record: the step is its type, the rest its payload.</summary>
internal sealed record JournalRecord(JournalStep Step, string AttemptId)
{
    /// <summary>With <see cref="JournalStep.Asked"/>.</summary>
    public string TaskId { get; init; } = "";
    /// <summary>With <see cref="JournalStep.Asked"/>.</summary>
    public int Attempt { get; init; }
    /// <summary>With <see cref="JournalStep.Spawned"/>.</summary>
    public SpawnNote? Spawn { get; init; }

    public byte[] ToBytes() => RecordCodec.Encode((byte)Step, JsonSerializer.SerializeToUtf8Bytes(this, JournalJson.Default.JournalRecord));

    /// <summary>Null when this version of the worker can't make sense of it.</summary>
    public static JournalRecord? FromPayload(byte type, ReadOnlySpan<byte> payload)
    {
        try
        {
            var record = JsonSerializer.Deserialize(payload, JournalJson.Default.JournalRecord);
            return Enum.IsDefined((JournalStep)type) && record?.IsUsable() is true ? record with { Step = (JournalStep)type } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The id is the name of a folder that will be removed.</summary>
    private bool IsUsable() =>
        AttemptId is not null && AttemptName.IsSafe(AttemptId) && TaskId is not null && Spawn is null or { Process: not null };
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;

/// <summary>What the records say of one attempt that was not ended.</summary>
internal sealed record JournalEntry(string AttemptId, string TaskId, int Attempt, bool Committed, IReadOnlyList<SpawnNote> Spawns)
{
    /// <summary>Pure: the attempts that the records leave open, in the order they were offered.</summary>
    public static IReadOnlyList<JournalEntry> FromRecords(IEnumerable<JournalRecord> records)
    {
        var open = new Dictionary<string, JournalEntry>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var record in records)
        {
            var id = record.AttemptId;
            if (record.Step == JournalStep.Ended)
            {
                open.Remove(id);
                continue;
            }
            if (!open.TryGetValue(id, out var entry))
            {
                entry = FromId(id);
                order.Add(id);
            }
            open[id] = record.Step switch
            {
                JournalStep.Asked => entry with { TaskId = record.TaskId, Attempt = record.Attempt },
                JournalStep.Committed => entry with { Committed = true },
                _ => record.Spawn is { } spawn
                    ? entry with { Committed = true, Spawns = [.. entry.Spawns.Where(one => one.Run != spawn.Run), spawn] } : entry,
            };
        }
        return [.. order.Distinct(StringComparer.Ordinal).Where(open.ContainsKey).Select(id => open[id])];
    }

    /// <summary>The record of its offer can't be read: its id names task and number.</summary>
    public static JournalEntry FromId(string id)
    {
        var dot = id.LastIndexOf('.');
        return dot > 0 && int.TryParse(id.AsSpan(dot + 1), out var attempt)
            ? new(id, id[..dot], attempt, false, []) : new(id, id, 0, false, []);
    }

    /// <summary>The records that say the same: what is carried over into a new file.</summary>
    public IEnumerable<JournalRecord> ToRecords()
    {
        yield return new(JournalStep.Asked, AttemptId) { TaskId = TaskId, Attempt = Attempt };
        if (Committed && Spawns.Count == 0) yield return new(JournalStep.Committed, AttemptId);
        foreach (var spawn in Spawns)
            yield return new(JournalStep.Spawned, AttemptId) { Spawn = spawn };
    }
}
