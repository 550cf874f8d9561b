namespace OpenClaw.Cli;

/// <summary>
/// One verb of the program: <c>status</c>, or a noun and what is done with it, <c>tokens create</c>. Each has a file of its own, and a
/// place in <see cref="VerbTable"/>.
/// </summary>
internal sealed record Verb(string Name, string Summary, Func<VerbCall, Task<int>> Run)
{
    /// <summary>What it takes besides those that all take.</summary>
    public IReadOnlyList<VerbOption> Options { get; init; } = [];

    /// <summary>The words it takes, for its usage line, such as <c>ID</c>; empty: none.</summary>
    public string Words { get; init; } = "";

    /// <summary>How many words at least and at most.</summary>
    public (int Least, int Most) Count { get; init; } = (0, 0);

    /// <summary>Further lines of its help.</summary>
    public string More { get; init; } = "";

    /// <summary>It asks the server of a context, and takes the options that say which.</summary>
    public bool AsksServer { get; init; } = true;

    /// <summary><c>tokens</c> of <c>tokens create</c>; null for a verb without a noun.</summary>
    public string? Noun => Name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var end ? Name[..end] : null;

    /// <summary><c>create</c> of <c>tokens create</c>.</summary>
    public string LastWord => Name[(Name.LastIndexOf(' ') + 1)..];

    /// <summary>All that it takes.</summary>
    public IEnumerable<VerbOption> AllOptions => [.. Options, .. AsksServer ? VerbOption.OfServer : [], VerbOption.Json];
}

/// <summary>An option of a verb. <paramref name="Value"/> names what follows it; null: a switch.</summary>
internal sealed record VerbOption(string Name, string Means, string? Value = null)
{
    public static VerbOption Json { get; } = new("--json", "for programs: the answer as JSON on one line");

    public static VerbOption Context { get; } = new("--context", "the login of this name (OPENCLAW_CONTEXT)", "NAME");
    public static VerbOption Url { get; } = new("--url", "address of the server (OPENCLAW_URL)", "URL");
    public static VerbOption TokenFile { get; } = new("--token-file", "the token is in this file (OPENCLAW_TOKEN has it itself)", "FILE");
    public static VerbOption CaFile { get; } =
        new("--ca-file", "authorities to trust beside the system's, PEM (OPENCLAW_CA_FILE)", "FILE");
    public static VerbOption InsecureHttp { get; } =
        new("--insecure-http", "sends the token in plain text to a server that is not on this machine (OPENCLAW_INSECURE_HTTP)");

    /// <summary>Which server is asked, and as whom.</summary>
    public static IReadOnlyList<VerbOption> OfServer { get; } = [Context, Url, TokenFile, CaFile, InsecureHttp];
}
