namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>Whether the database is still the one that this process began with.</summary>
public interface IServerWatch
{
    /// <summary>Why the server that answered last is refused; null: it is not.</summary>
    string? Refusal { get; }

    /// <summary>Why the process has to stop; null while it may go on.</summary>
    string? StopReason { get; }
}
