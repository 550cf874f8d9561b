using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Contexts;

/// <summary>Forgets a server and its token here. The token itself stays good: only the server can end it.</summary>
internal static class LogoutVerb
{
    public static Verb Logout { get; } = new("logout", "forgets a server and its token here", Run)
    {
        Words = "[NAME]",
        Count = (0, 1),
        AsksServer = false,
        More = "Without a name the current context. The token stays good at the server: openclaw tokens revoke ends it.",
    };

    private static Task<int> Run(VerbCall call)
    {
        var (settings, error) = call.Settings.Load();
        if (settings is null) return Task.FromResult(call.Fail(error!.ExitCode, error.Sentence));
        var name = call.Words is [var given] ? given : settings.Current;
        if (name is null || !settings.Contexts.TryGetValue(name, out var context))
            return Task.FromResult(call.Fail(ExitCodes.No, name is null ? "no context is the current one" : $"there is no context {name}"));
        call.Settings.Save(settings.WithoutContext(name));
        var id = TokenForm.TryParse(context.Token, out _, out var found, out _) ? found.ToString() : null;
        return Task.FromResult(call.Show(new LoggedOut(name, context.Url, id), ContextsJson.Default.LoggedOut, to =>
            to.WriteLine($"forgotten: {name} ({context.Url}); the token{(id is null ? "" : $" {id}")} itself stays good")));
    }
}
