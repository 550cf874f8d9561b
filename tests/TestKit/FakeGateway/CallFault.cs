namespace OpenClaw.TestKit.FakeGateway;

/// <summary>What happens to a call on its way.</summary>
public enum CallFault
{
    None = 0,
    /// <summary>The gateway does what was asked, then the connection breaks before the answer.</summary>
    LoseAnswer = 1,
    /// <summary>The connection breaks before the gateway sees the call.</summary>
    LoseRequest = 2,
    /// <summary>Answers 503 and does nothing.</summary>
    Unavailable = 3,
    /// <summary>It hangs until the test lets it go on.</summary>
    Hang = 4,
    /// <summary>Answers 400 and does nothing.</summary>
    BadRequest = 5,
    /// <summary>Answers 401 and does nothing.</summary>
    Unauthorized = 6,
    /// <summary>200 with a body that is no JSON.</summary>
    Garbage = 7,
}

/// <summary>
/// One call as the gateway saw it. <see cref="Number"/> counts from 1 within its <see cref="Name"/>, <see cref="Bytes"/> are those of the
/// body on the wire.
/// </summary>
public sealed record SeenCall(string Name, int Number, string Body, DateTimeOffset At, string Path = "", long Bytes = 0);

/// <summary>
/// What something in between answers instead of the gateway, which never sees the call. Status 0: it closes the connection.
/// </summary>
public sealed record FalseAnswer(int Status, string? ContentType = "text/html", string Body = "<html>no</html>")
{
    /// <summary>Not before this is over.</summary>
    public Task After { get; init; } = Task.CompletedTask;
}
