namespace OpenClaw.Cli.Settings;

/// <summary>What the options say of the server, and the variables where they say nothing.</summary>
internal sealed record GivenSettings(string? Context, Uri? Url, string? Token, string? CaFile, bool InsecureHttp)
{
    /// <summary>All of it; null and an error when something of it can't be read.</summary>
    public static GivenSettings? Read(VerbCall call, out VerbError? error)
    {
        error = null;
        // Who names a context on the command line wants that one, whatever the shell was set up for.
        Func<string, string?> variable = call.FindValue(VerbOption.Context) is null ? call.Terminal.Variable : _ => null;
        Uri? url = null;
        if (call.FindValue(VerbOption.Url) is { } typed) (url, error) = Parse(typed, VerbOption.Url.Name);
        else if (variable("OPENCLAW_URL") is { Length: > 0 } set) (url, error) = Parse(set, "OPENCLAW_URL");
        var token = variable("OPENCLAW_TOKEN")?.Trim();
        if (error is null && call.FindValue(VerbOption.TokenFile) is { } file) (token, error) = ReadToken(file);
        if (error is not null) return null;
        return new(
            call.FindValue(VerbOption.Context) ?? ReadText(variable, "OPENCLAW_CONTEXT"), url, token is "" ? null : token,
            call.FindValue(VerbOption.CaFile) ?? ReadText(call.Terminal.Variable, "OPENCLAW_CA_FILE"),
            call.HasOption(VerbOption.InsecureHttp) || call.Terminal.Variable("OPENCLAW_INSECURE_HTTP") == "true");
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Context} {Url}";

    private static string? ReadText(Func<string, string?> variable, string name) => variable(name) is { Length: > 0 } text ? text : null;

    private static (Uri? Url, VerbError? Error) Parse(string text, string from)
    {
        var (url, error) = ServerAddress.Parse(text, from);
        return (url, error is null ? null : new VerbError(ExitCodes.Usage, error));
    }

    private static (string? Token, VerbError? Error) ReadToken(string file)
    {
        try
        {
            return (File.ReadAllText(file).Trim(), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, new(ExitCodes.Usage, $"{VerbOption.TokenFile.Name} {file} can't be read: {error.Message}"));
        }
    }
}
