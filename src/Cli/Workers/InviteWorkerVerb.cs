using OpenClaw.Cli.Printing;
using OpenClaw.Cli.Settings;
using OpenClaw.Protocol.Enrolment;

namespace OpenClaw.Cli.Workers;

/// <summary>Invites a PC: makes a join token, and prints the line that does the rest on that PC.</summary>
internal static class InviteWorkerVerb
{
    private const string Unix = "sh";
    private const string Windows = "powershell";
    private const string WhenLost =
        "The invitation may have been made nevertheless, and its token is nobody's: openclaw workers invites shows it";
    private const string NoPrograms = "the server has no worker's program that a PC could fetch. On the server: ./publish.sh, then copy "
        + "what is in dist to the folder workers of its data folder, or start it with --worker-files dist. "
        + "For a PC that has openclaw-worker already: --program";

    private static readonly VerbOption Name = new("--name", "name of the worker (default: the PC's own)", "NAME");
    private static readonly VerbOption Labels = new("--labels", "labels of the worker, whatever the PC says", "LABELS");
    private static readonly VerbOption Kinds = new("--kinds", "kinds it may run at most", "KINDS");
    private static readonly VerbOption Expires = new("--expires", "the line is good for this time (default and at most: 15m)", "TIME");
    private static readonly VerbOption Shell = new("--shell", "the line for this shell alone: sh or powershell", "SHELL");
    private static readonly VerbOption JoinUrl =
        new("--join-url", "address by which the PC reaches the server (default: what the server says of itself)", "URL");
    private static readonly VerbOption Program = new("--program", "for a PC that has openclaw-worker: the line fetches nothing");

    public static Verb Invite { get; } = new("workers invite", "prints one line that makes a PC a worker", Run)
    {
        Options = [Name, Labels, Kinds, Expires, Shell, JoinUrl, Program],
        More = "Paste the line on the PC. It fetches the worker from the server, shows what it will accept, asks its owner, installs it.\n"
            + "It is good once, and holds a token: don't send it where others read it. With --shell the line alone goes to standard\n"
            + "output: ssh -t studio \"$(openclaw workers invite --name studio --shell sh)\". Options of openclaw-worker join, such as\n"
            + "--yes, may follow the line for sh.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var errors = new List<string>();
        var make = new MakeInvite
        {
            Worker = call.FindValue(Name), Labels = call.FindList(Labels), Kinds = call.FindList(Kinds),
            ExpiresIn = call.ReadDuration(Expires, errors),
        };
        if (call.FindValue(Shell) is not (null or Unix or Windows)) errors.Add("--shell is sh or powershell");
        Uri? given = null;
        if (call.FindValue(JoinUrl) is { } text)
        {
            (given, var wrong) = ServerAddress.Parse(text, "--join-url");
            if (wrong is not null) errors.Add(wrong);
        }
        if (errors.Count > 0) return call.FailUsage(errors);
        var (known, exit) = await call.AskServer(http => new InvitesClient(http).ListJoinFiles());
        if (known is null) return exit;
        var url = given ?? (known.Url is { } said ? new Uri(said) : call.Server!);
        if (JoinLine.FindError(url) is { } unfit)
            return call.Fail(ExitCodes.Usage, $"{unfit}. Start the server with --public https://NAME, or say --join-url");
        if (!call.HasOption(Program) && !HasProgram(known, call.FindValue(Shell))) return call.Fail(ExitCodes.No, NoPrograms);
        (var issued, exit) = await call.AskServer(http => new InvitesClient(http).MakeInvite(make), WhenLost);
        if (issued is null) return exit;
        return Show(call, CreateInvitation(call, issued, known, url), url);
    }

    private static Invitation CreateInvitation(VerbCall call, IssuedInviteView issued, JoinFiles known, Uri url)
    {
        var line = new JoinLine(url, url.Scheme == Uri.UriSchemeHttps ? known.Pin : null, issued.JoinToken);
        var withProgram = call.HasOption(Program);
        return new Invitation
        {
            Invite = issued.Invite,
            JoinToken = issued.JoinToken,
            Url = line.ToString(),
            Pin = line.Pin,
            Platforms = [.. known.Files.Select(file => file.Name).Where(name => name is not (Unix or Windows))],
            Sh = withProgram ? line.FormatShellWithProgram() : HasProgram(known, Unix) ? line.FormatShell(FindHash(known, Unix)) : null,
            Powershell = withProgram ? line.FormatPowerShellWithProgram()
                : HasProgram(known, Windows) ? line.FormatPowerShell(FindHash(known, Windows)) : null,
        };
    }

    private static int Show(VerbCall call, Invitation made, Uri url)
    {
        var ends = made.Invite.ExpiresAt is { } at ? $", until {Times.FormatTime(at)}" : "";
        if (!call.Json)
        {
            if (url.IsLoopback)
            {
                call.Error.WriteLine($"openclaw: {url.Authority} is this machine alone: for another PC start the server with --public, or "
                    + "say --join-url");
            }
            call.Error.WriteLine($"invitation {made.Invite.Id} for {made.Invite.Worker ?? "a PC by its own name"}; to paste once{ends}:");
        }
        return call.Show(made, InvitationJson.Default.Invitation, to =>
        {
            if (call.FindValue(Shell) is { } shell)
            {
                to.WriteLine(shell == Unix ? made.Sh : made.Powershell);
                return;
            }
            if (made.Sh is { } sh) to.WriteLine($"\nLinux, macOS:\n\n{sh}");
            if (made.Powershell is { } powershell) to.WriteLine($"\nWindows, in PowerShell:\n\n{powershell}");
        });
    }

    /// <summary>One for the shell's systems; for any, where none is named.</summary>
    private static bool HasProgram(JoinFiles known, string? shell) =>
        known.Files.Any(file => file.Name is not (Unix or Windows) && (shell is null || IsForWindows(file) == (shell == Windows)))
        && (shell is null || known.Files.Any(file => file.Name == shell));

    private static bool IsForWindows(JoinFile file) => file.Name.StartsWith("win-", StringComparison.Ordinal);

    private static string FindHash(JoinFiles known, string shell) => known.Files.First(file => file.Name == shell).Sha256;
}
