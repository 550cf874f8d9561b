namespace OpenClaw.Cli.Contexts;

/// <summary>Chooses the context that is used where none is named.</summary>
internal static class UseContextVerb
{
    public static Verb Use { get; } = new("contexts use", "chooses the one that is used where none is named", Run)
    {
        Words = "NAME",
        Count = (1, 1),
        AsksServer = false,
    };

    private static Task<int> Run(VerbCall call)
    {
        var (settings, error) = call.Settings.Load();
        if (settings is null) return Task.FromResult(call.Fail(error!.ExitCode, error.Sentence));
        var name = call.Words[0];
        if (!settings.Contexts.TryGetValue(name, out var context))
            return Task.FromResult(call.Fail(ExitCodes.No, $"there is no context {name}; openclaw contexts list shows those there are"));
        call.Settings.Save(settings with { Current = name });
        return Task.FromResult(call.Show(new ContextView(name, context.Url, null, true, context.Ca is not null),
            ContextsJson.Default.ContextView, to => to.WriteLine($"{name} ({context.Url}) is used from now on")));
    }
}
