namespace OpenClaw.Protocol.Notifications;

/// <summary>POST /notify: a message for a chat channel.</summary>
public sealed record NotifyRequest
{
    /// <summary>Id of the channel, digits.</summary>
    public string? Channel { get; init; }
    /// <summary>The text; a long one is sent in parts.</summary>
    public string? Message { get; init; }
}

/// <summary>200: the chat service has it.</summary>
public sealed record Notified(bool Ok);
