namespace OpenClaw.Grains.Workers;

/// <summary>How long the names of workers are remembered. The store sets it.</summary>
public sealed record WorkerNameOptions
{
    /// <summary>A name under which a session was opened is forgotten after so long a silence. Default 90 days.</summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(90);
}
