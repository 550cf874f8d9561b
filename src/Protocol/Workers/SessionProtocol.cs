namespace OpenClaw.Protocol.Workers;

/// <summary>
/// Versions of the session protocol: how much an answer proves, and what may be asked for. 1 was the compatible protocol, without sessions.
/// The server names its own when it opens a session, and a worker asks for no more than that.
/// </summary>
public static class SessionProtocol
{
    /// <summary>A server that names no version: some answers are a bare 204, and none names its session.</summary>
    public const int Unnamed = 2;

    /// <summary>
    /// Every answer is JSON that names its session, on the routes of attempts the attempt too; so do final problems there.
    /// </summary>
    public const int Named = 3;

    /// <summary>A poll may say whether it takes a large payload, and such a payload is fetched by a call of its own.</summary>
    public const int Fetched = 4;

    /// <summary>Heartbeats may name attempts that have ended and whose results are still on their way.</summary>
    public const int Reporting = 5;

    /// <summary>
    /// Heartbeats may ask where the chains of the server's own audit end, and a question for a yes may say that only a signed one counts.
    /// </summary>
    public const int Witnessing = 6;

    /// <summary>A question for a yes may say which files it would be to, and why they are not all of what would run.</summary>
    public const int Binding = 7;

    /// <summary>The one this build's servers speak.</summary>
    public const int Newest = Binding;
}
