using OpenClaw.Cli.Printing;
using OpenClaw.Cli.Settings;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Contexts;

/// <summary>Says whether the server is reached, and what it knows of who asks.</summary>
internal static class StatusVerb
{
    public static Verb Status { get; } = new("status", "is the server reached, who am I there, what may I do", Run);

    private static async Task<int> Run(VerbCall call)
    {
        var (caller, exit) = await call.AskServer(http => new TokensClient(http).GetCaller());
        if (caller is null) return exit;
        var choice = ServerChoice.Choose(call).Choice!;
        var status = new ServerStatus(ServerAddress.Normalize(choice.Url), choice.Context, caller);
        return call.Show(status, ContextsJson.Default.ServerStatus, to => TextTable.WriteProperties(to,
            ("server", status.Context is { } context ? $"{status.Url} (context {context})" : status.Url),
            ("token", CallerText.Describe(caller)),
            ("person", caller.Person),
            ("tenant", caller.Tenant),
            ("scopes", string.Join(", ", caller.Scopes)),
            ("narrowed to", CallerText.DescribeNarrowing(caller.Narrowing)),
            ("rate", CallerText.DescribeRate(caller.RequestsPerMinute)),
            ("queued", CallerText.DescribeMost(caller.MaxQueued)),
            ("running", CallerText.DescribeMost(caller.MaxRunning)),
            ("ends", caller.ExpiresAt is { } at ? Times.FormatTime(at) : "never")));
    }
}
