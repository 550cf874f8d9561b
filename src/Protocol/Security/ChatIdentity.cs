namespace OpenClaw.Protocol.Security;

/// <summary>Who a person is in a chat: <c>discord:ID</c>, <c>slack:TEAM/ID</c>, <c>telegram:ID</c>.</summary>
public static class ChatIdentity
{
    private const int LongestId = 32;
    private const string Digits = "0123456789";
    private const string Capitals = Digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The forms, for people.</summary>
    public const string Forms = "discord:ID, slack:TEAM/ID or telegram:ID";

    /// <summary>True for a text of one of the forms.</summary>
    public static bool IsValid(string? text) => text?.Split(':') switch
    {
        ["discord" or "telegram", var id] => IsId(id, Digits),
        ["slack", var member] => member.Split('/') is [var team, var id] && IsId(team, Capitals) && IsId(id, Capitals),
        _ => false,
    };

    private static bool IsId(string text, string alphabet) =>
        text.Length is > 0 and <= LongestId && !text.AsSpan().ContainsAnyExcept(alphabet);
}
