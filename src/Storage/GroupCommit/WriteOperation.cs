using System.Diagnostics;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>Which rows an operation changes. Two operations with one key never share a batch.</summary>
internal readonly record struct WriteKey(WriteTable Table, Guid Id, string? Text = null, string? MoreText = null);

/// <summary>The table a <see cref="WriteKey"/> is about.</summary>
internal enum WriteTable : byte
{
    None = 0,
    Tasks = 1,
    Output = 2,
    Values = 3,
    Reminders = 4,
    Retention = 5,
}

/// <summary>One change that somebody waits for. It is completed only after the commit that holds it.</summary>
internal abstract class WriteOperation
{
    /// <summary>The span that wants this write; null: nobody traces it.</summary>
    public Activity? Cause { get; } = CommitMetrics.Cause;

    /// <summary>Bytes it brings along, when that may be many.</summary>
    public virtual long Bytes => 0;

    /// <summary>What it changes; null: it collides with nothing.</summary>
    public virtual WriteKey? Key => null;

    /// <summary>The commit is durable: hand the result to whoever waits.</summary>
    public abstract void Complete();

    /// <summary>It is not known to be durable: hand the error to whoever waits.</summary>
    public abstract void Fail(Exception error);
}
