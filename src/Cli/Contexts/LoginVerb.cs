using System.Security.Cryptography;
using OpenClaw.Cli.Connections;
using OpenClaw.Cli.Settings;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Cli.Contexts;

/// <summary>
/// Keeps a server and a token, after the server has said that the token is good. The token is read from a prompt or from standard input: on
/// a command line all processes and the shell's history would have it.
/// </summary>
internal static class LoginVerb
{
    private const int LongestName = 100;
    private static readonly VerbOption Name = new("--name", "what to call it (default: the server's host)", "NAME");
    private static readonly VerbOption Ca =
        new("--ca", "the server's own authority, PEM: kept, and none beside it is trusted from then on", "FILE");

    private static readonly VerbOption Pin = new(
        "--pin", "the server's own authority by its pin: fetched, compared before the token is sent, kept as with --ca", "sha256:...");

    public static Verb Login { get; } = new("login", "keeps a server and a token for it", Run)
    {
        Options = [Name, Pin, Ca, VerbOption.InsecureHttp],
        Words = "URL",
        Count = (1, 1),
        AsksServer = false,
        More = "The token is asked for, or read from standard input: openclaw login URL <token-file. Never give it as an argument.\n"
            + "It is kept in openclaw/contexts.json of your settings folder (XDG_CONFIG_HOME), readable by you alone.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var (url, wrong) = ServerAddress.Parse(call.Words[0], "URL");
        if (url is null) return call.Fail(ExitCodes.Usage, wrong!);
        var insecure = call.HasOption(VerbOption.InsecureHttp);
        if (!ServerAddress.IsPrivate(url) && !insecure)
        {
            var plain = ServerChoice.Plain(url);
            return call.Fail(plain.ExitCode, plain.Sentence);
        }
        var name = call.FindValue(Name) ?? ServerAddress.ToContextName(url);
        if (name.Length > LongestName || name.Any(c => c is <= ' ' or > '~'))
            return call.Fail(ExitCodes.Usage, $"--name must be 1 to {LongestName} characters without spaces");
        var (settings, unread) = call.Settings.Load();
        if (settings is null) return call.Fail(unread!.ExitCode, unread.Sentence);
        var (pem, untrusted) = await FindAuthority(call, url);
        if (untrusted is not null) return call.Fail(untrusted.ExitCode, untrusted.Sentence);
        var (token, none) = ReadToken(call, url);
        if (token is null) return call.Fail(ExitCodes.Usage, none!);
        return await AskAndSave(call, name, settings, new()
        {
            Url = ServerAddress.Normalize(url), Token = token, Ca = pem, InsecureHttp = insecure && !ServerAddress.IsPrivate(url),
        });
    }

    private static async Task<int> AskAndSave(VerbCall call, string name, SavedSettings settings, SavedContext context)
    {
        var trust = ServerTrust.Load(context.Ca, null).Trust!;
        using var http = ServerConnection.CreateClient(new Uri(context.Url), context.Token, trust);
        var (caller, error) = await ServerAnswer.Ask(http, client => new TokensClient(client).GetCaller());
        if (caller is null) return call.Fail(error!.ExitCode, $"not logged in: {error.Sentence}");
        call.Settings.Save(settings.WithContext(name, context));
        return call.Show(caller, ProtocolJson.Default.CallerView, to =>
        {
            to.WriteLine($"logged in to {context.Url} as {CallerText.Describe(caller)}");
            to.WriteLine($"kept as {name} in {call.Settings.Path}");
        });
    }

    /// <summary>The server's own authority, if one is named: before the token is asked for, and long before it is sent.</summary>
    private static async Task<(string? Pem, VerbError? Error)> FindAuthority(VerbCall call, Uri url)
    {
        var (file, pin) = (call.FindValue(Ca), call.FindValue(Pin));
        if (file is not null && pin is not null) return (null, new(ExitCodes.Usage, "--ca and --pin name one thing: give one of them"));
        if ((file ?? pin) is not null && url.Scheme != "https")
            return (null, new(ExitCodes.Usage, $"{url} is not https: an authority vouches for nothing there"));
        if (file is not null) return ReadAuthority(file);
        if (pin is null) return (null, null);
        return CertificatePin.IsPin(pin) ? await PinnedAuthority.Fetch(url, pin)
            : (null, new(ExitCodes.Usage, "--pin is sha256: and 64 hex digits, as the start of the server has printed it"));
    }

    private static (string? Pem, VerbError? Error) ReadAuthority(string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            _ = ServerTrust.FromPem(pem);
            return (pem, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, new(ExitCodes.Usage, $"--ca {file} can't be used: {error.Message}"));
        }
    }

    private static (string? Token, string? Error) ReadToken(VerbCall call, Uri url)
    {
        var terminal = call.Terminal;
        string? line;
        if (terminal.HasPerson)
        {
            call.Error.Write($"Token for {url.Authority} (it is not shown): ");
            line = terminal.ReadHidden();
            call.Error.WriteLine();
        }
        else
        {
            line = terminal.In.ReadLine();
        }
        var token = line?.Trim();
        return string.IsNullOrEmpty(token) ? (null, "no token came: type it at the prompt, or openclaw login URL <token-file")
            : ServerChoice.ExplainToken(token) is { } unfit ? (null, unfit) : (token, null);
    }
}
