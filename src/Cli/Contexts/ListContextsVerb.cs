using OpenClaw.Cli.Printing;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Contexts;

/// <summary>The servers that a login has kept here.</summary>
internal static class ListContextsVerb
{
    public static Verb List { get; } = new("contexts list", "the servers that are logged in to", Run) { AsksServer = false };

    private static Task<int> Run(VerbCall call)
    {
        var (settings, error) = call.Settings.Load();
        if (settings is null) return Task.FromResult(call.Fail(error!.ExitCode, error.Sentence));
        var contexts = settings.Contexts.Select(known => new ContextView(
            known.Key, known.Value.Url, FindId(known.Value.Token), known.Key == settings.Current, known.Value.Ca is not null)).ToArray();
        return Task.FromResult(call.Show(new ContextListView(contexts), ContextsJson.Default.ContextListView, to =>
        {
            if (contexts.Length == 0) to.WriteLine("none: openclaw login URL");
            else
                TextTable.Write(to, ["", "NAME", "URL", "TOKEN", "AUTHORITY"], contexts.Select(one => new[]
                {
                    one.Current ? "*" : "", one.Name, one.Url, one.TokenId ?? "(of no known form)",
                    one.OwnAuthority ? "its own" : "the system's",
                }));
        }));
    }

    private static string? FindId(string token) => TokenForm.TryParse(token, out _, out var id, out _) ? id.ToString() : null;
}
