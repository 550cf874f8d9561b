using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// The columns of what was asked for: their names, and how they are written and read, in the same order. What queries look for stands in
/// the row of the task, the rest in one of its own that no update touches.
/// </summary>
internal static class SpecColumns
{
    public const string InTasks = "tenant, pool, kind, requires, priority, concurrency_key, session";

    /// <summary>Without the payload, which each store writes and reads in its own way, and lists leave out.</summary>
    public const string InSpecs = "start_within, timeout, silence, kill_grace, max_attempts, request_digest, trace_parent, tags";

    public static void WriteInTasks<TRow>(ref TRow row, TaskSpec spec)
        where TRow : struct, IRowWriter
    {
        row.AddText(spec.Tenant);
        row.AddText(spec.Pool);
        row.AddText(spec.Kind);
        row.AddText(spec.Requires);
        row.AddShort(spec.Priority);
        row.AddText(spec.ConcurrencyKey);
        row.AddText(spec.Session);
    }

    public static void WriteInSpecs<TRow>(ref TRow row, TaskSpec spec, byte[]? tags)
        where TRow : struct, IRowWriter
    {
        row.AddDuration(spec.StartWithin);
        row.AddDuration(spec.Timeout);
        row.AddDuration(spec.Silence);
        row.AddDuration(spec.KillGrace);
        row.AddInt(spec.MaxAttempts);
        row.AddBytes(spec.RequestDigest);
        row.AddText(spec.TraceParent);
        row.AddBytes(tags);
    }

    /// <summary>Reads <see cref="InTasks"/>, then <see cref="InSpecs"/>.</summary>
    public static TaskSpec Read<TRow>(ref TRow row, byte[] payload)
        where TRow : struct, IRowReader => new()
        {
            Tenant = row.ReadText(),
            Pool = row.ReadText(),
            Kind = row.ReadText(),
            Requires = row.ReadText(),
            Priority = row.ReadShort(),
            ConcurrencyKey = row.ReadTextOrNull(),
            Session = row.ReadTextOrNull(),
            StartWithin = row.ReadDuration(),
            Timeout = row.ReadDuration(),
            Silence = row.ReadDurationOrNull(),
            KillGrace = row.ReadDuration(),
            MaxAttempts = row.ReadInt(),
            RequestDigest = row.ReadBytesOrNull(),
            TraceParent = row.ReadTextOrNull(),
            Tags = TaskJson.ReadTags(row.ReadJson()),
            Payload = payload,
        };
}
