using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Audit;

/// <summary>The columns of the audit rows of tasks: their names, and how they are written and read, in the same order.</summary>
internal static class AuditColumns
{
    /// <summary>What every row has.</summary>
    public const string Base = "task, version, at, what, state, attempt, reason, worker, token_id, address, format";

    /// <summary>What is selected of one task's rows.</summary>
    public const string Selected =
        "version, at, what, state, attempt, reason, worker, token_id, address, format, payload_digest, exit_code, outcome_digest";

    public const string Inserted = "task, " + Selected;

    /// <summary>Writes <see cref="Selected"/> of the version that a step made.</summary>
    public static void Write<TRow>(ref TRow row, TaskRecord record, Transition last, RowProof proof)
        where TRow : struct, IRowWriter
    {
        row.AddLong(record.Version);
        row.AddTime(last.At);
        row.AddText(last.Trigger);
        row.AddShort((int)StoredState.FromState(record.State));
        row.AddInt(last.Attempt);
        row.AddText(record.Reason);
        row.AddText(record.Worker);
        row.AddText(last.Actor.AuditName);
        row.AddText(last.Actor.Address);
        row.AddShort(AuditDigest.NewestFormat);
        row.AddBytes(proof.Payload);
        row.AddInt(proof.ExitCode);
        row.AddBytes(proof.Outcome);
    }

    /// <summary>Reads <see cref="Selected"/> from the first column on.</summary>
    public static AuditEntry Read<TRow>(Guid task, TRow row)
        where TRow : struct, IRowReader => new()
        {
            Task = task,
            Version = row.ReadLong(),
            At = row.ReadTime(),
            Trigger = row.ReadText(),
            State = (TaskState)row.ReadShort(),
            Attempt = row.ReadInt(),
            Reason = row.ReadTextOrNull(),
            Worker = row.ReadTextOrNull(),
            TokenId = row.ReadText(),
            Address = row.ReadTextOrNull(),
            Format = row.ReadShort(),
            PayloadDigest = ToHex(row.ReadBytesOrNull()),
            ExitCode = row.ReadIntOrNull(),
            OutcomeDigest = ToHex(row.ReadBytesOrNull()),
        };

    /// <summary>A digest as it is shown.</summary>
    public static string? ToHex(byte[]? digest) => digest is null ? null : Convert.ToHexStringLower(digest);
}

/// <summary>The columns of events that changed no task.</summary>
internal static class NoteColumns
{
    public const string Inserted = "at, what, token_id, address, task, detail";

    public const string Selected = "seq, " + Inserted;

    /// <summary>Reads <see cref="Selected"/>.</summary>
    public static NumberedNote Read<TRow>(TRow row)
        where TRow : IRowReader
    {
        var (number, at, what, token) = (row.ReadLong(), row.ReadTime(), row.ReadText(), row.ReadText());
        var (address, task, detail) = (row.ReadTextOrNull(), row.ReadIdOrNull(), row.ReadTextOrNull());
        return new NumberedNote(number, new AuditNote(at, what, token, address, task, detail));
    }

    /// <summary>The digest of a note, for the chain.</summary>
    public static byte[] ComputeDigest(AuditNote note) =>
        AuditDigest.ComputeNote(new NoteContent(note.At, note.What, note.TokenId, note.Address, note.Task, note.Detail));

    /// <summary>Writes <see cref="Inserted"/> of a note.</summary>
    public static void Write<TRow>(ref TRow row, AuditNote note)
        where TRow : struct, IRowWriter
    {
        row.AddTime(note.At);
        row.AddText(note.What);
        row.AddText(note.TokenId);
        row.AddText(note.Address);
        row.AddId(note.Task);
        row.AddText(note.Detail);
    }
}
