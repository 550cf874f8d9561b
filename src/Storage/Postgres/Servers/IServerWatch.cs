namespace OpenClaw.Storage.Postgres.Servers;

/// <summary>Whether the database is still the one that this process began with.</summary>
public interface IServerWatch
{
    /// <summary>Why the server that answered last is refused; null: it is not.</summary>
    string? Refusal { get; }

    /// <summary>Why the process was told to stop; null: it was not.</summary>
    string? StopReason { get; }
}
