namespace OpenClaw.Storage.Audit;

/// <summary>How many audit notes become rows within a minute. What is over a limit is counted, and the count becomes a row.</summary>
public sealed record NoteLimits
{
    /// <summary>Rows of one kind from one address without a good token; an IPv6 address stands for its /64. Default 5.</summary>
    public int PerStranger { get; set; } = 5;

    /// <summary>Rows of everybody without a good token. Default 300.</summary>
    public int AllStrangers { get; set; } = 300;

    /// <summary>Rows of one kind by one token from one address. Default 120.</summary>
    public int PerToken { get; set; } = 120;

    /// <summary>Rows of all tokens. Default 3,000.</summary>
    public int AllTokens { get; set; } = 3_000;

    /// <summary>Senders that are told apart; further ones count as one. 1 to a million. Default 10,000.</summary>
    public int Senders { get; set; } = 10_000;
}
