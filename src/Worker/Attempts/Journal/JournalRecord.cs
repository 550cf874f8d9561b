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
            return Enum.IsDefined((JournalStep)type) && record is { AttemptId: not null } ? record with { Step = (JournalStep)type } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
