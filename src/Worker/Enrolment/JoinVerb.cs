using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Security.Certificates;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Enrolment;

/// <summary>
/// <c>join</c>: makes this PC a worker of a server that has invited it. The server proves who it is before the token is sent, and the owner
/// sees what would be taken before the PC is known there.
/// </summary>
internal static class JoinVerb
{
    private const string TokenVariable = "OPENCLAW_JOIN_TOKEN";
    private static readonly VerbOption Pin = new("--pin", "sha256:... of the server's authority, as the invitation has it", "PIN");
    private static readonly VerbOption Ca = new("--ca", "the server's authority as a PEM file, in the place of a pin", "FILE");
    private static readonly VerbOption Name = new("--name", "name of this PC (default: the invitation's, else its host name)", "NAME");
    private static readonly VerbOption Yes = new("--yes", "ask nothing: for scripts");
    private static readonly VerbOption NoService = new("--no-service", "installs no service: starts it in the background");
    private static readonly VerbOption NoStart = new("--no-start", "joins only: installs and starts nothing");

    public static Verb Join { get; } = new("join", "makes this PC a worker of the server that has invited it", RunJoin)
    {
        Words = "URL",
        Count = (1, 1),
        Options = [Pin, Ca, Name, Yes, NoService, NoStart],
        More = $"The join token (ocl_jnt_...) comes in the variable {TokenVariable}, on the standard input, or is asked for: never as an\n"
            + "argument, which others on this PC can see. It is sent after the server has proved who it is, and is traded for a key\n"
            + "that is made here and leaves this PC never. Then it installs itself as a service of yours and starts.\n"
            + "Exit code 0: joined and online; 1: not (why is said last); 2: settings or options are wrong.",
    };

    private static async Task<int> RunJoin(VerbCall call)
    {
        var (terminal, error) = (call.Terminal, call.Error);
        if (!Uri.TryCreate(call.Words[0], UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
            return Fail(error, VerbExit.Usage, $"{call.Words[0]} is no address such as https://server:3456");
        if (ServerTrust.FindError(url, call.FindValue(Pin.Name), call.FindValue(Ca.Name)) is { } wrong)
            return Fail(error, VerbExit.Usage, wrong);
        if (call.FindValue(Name.Name) is { } name && !Names.IsName(name))
            return Fail(error, VerbExit.Usage, "--name is a to z, 0 to 9 and -, at most 63, not beginning with -");
        var (token, tokenError) = ReadToken(terminal);
        if (token is null) return Fail(error, VerbExit.Usage, tokenError!);
        var (place, placeError) = JoinPlace.Prepare(call.Home, MachineId.ReadDigest(), terminal);
        if (place is null) return Fail(error, VerbExit.No, placeError!);
        if (!AskOwner(call, place, url)) return Fail(error, VerbExit.No, "not joined: nothing was sent, and nothing here was changed");
        return await Enrol(call, place, url, token);
    }

    private static async Task<int> Enrol(VerbCall call, JoinPlace place, Uri url, string token)
    {
        var (proxy, proxyError) = ProxyChoice.ChooseFor(url, call.Terminal.Variable("OPENCLAW_PROXY"), call.Terminal.Variable);
        if (proxyError is not null) return Fail(call.Error, VerbExit.Usage, proxyError);
        var way = new GatewayRoute(url, proxy);
        var (caFile, trustError) = await ServerTrust.PrepareFile(way, call.FindValue(Pin.Name), call.FindValue(Ca.Name), place.Home);
        if (trustError is not null) return Fail(call.Error, VerbExit.No, trustError);
        if (caFile is not null)
        {
            var (roots, rootsError) = ServerRoots.ReadFile(caFile);
            if (roots is null) return Fail(call.Error, VerbExit.Usage, $"{Ca.Name}: {rootsError}");
            way = way with { Roots = roots };
        }
        var enrolment = new Enroller(way, place, call.Terminal.Clock);
        var (worker, why) = await enrolment.Enrol(token, call.FindValue(Name.Name), WorkerArguments.ToWorkerName(Environment.MachineName));
        if (worker is null) return Fail(call.Error, VerbExit.No, $"not joined: {why}");
        if (place.SaveSettings(url, worker, caFile) is { } saveError) return Fail(call.Error, VerbExit.No, saveError);
        call.Out.WriteLine($"Joined {url} as {worker.Name}, with the key {worker.Identity}. "
            + $"It gets tasks of: {string.Join(", ", worker.Kinds)}.");
        return await JoinStart.Run(call, worker.Name, call.HasOption(NoStart.Name), call.HasOption(NoService.Name));
    }

    /// <summary>Everything that is told apart from the token and the key: what could be asked of this PC from now on.</summary>
    private static bool AskOwner(VerbCall call, JoinPlace place, Uri url)
    {
        call.Out.WriteLine($"This PC will take tasks from {url}, and runs of them what this lets it:");
        PolicyText.Write(place.Policy, File.Exists(place.PolicyPath) ? place.PolicyPath : "none: whatever your account may do", call.Out);
        call.Out.WriteLine($"{"offers",-11}{string.Join(", ", place.Kinds)}");
        if (call.HasOption(Yes.Name)) return true;
        // The standard input may be a pipe that has brought the token; its owner sits at the terminal.
        using var owner = call.Terminal.HasPerson ? null : call.Terminal.OpenOwnersTerminal();
        if ((owner ?? (call.Terminal.HasPerson ? call.Terminal.In : null)) is not { } answers)
        {
            call.Error.WriteLine("nobody is here to be asked: --yes says yes, for scripts");
            return false;
        }
        call.Out.Write("Join? [y/N] ");
        call.Out.Flush();
        return answers.ReadLine()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static (string? Token, string? Error) ReadToken(Terminal terminal)
    {
        var text = terminal.Variable(TokenVariable);
        if (string.IsNullOrWhiteSpace(text) && !terminal.HasPerson) text = terminal.In.ReadLine();
        if (string.IsNullOrWhiteSpace(text) && terminal.HasPerson)
        {
            terminal.Error.Write("Join token (is not shown): ");
            text = terminal.ReadSecret();
        }
        text = text?.Trim() ?? "";
        return TokenForm.JudgeText(text) switch
        {
            TokenJudgement.Join => (text, null),
            _ when text.Length == 0 => (null, $"there is no join token: set {TokenVariable}, or write it to the standard input"),
            TokenJudgement.NotWhole or TokenJudgement.Mistyped =>
                (null, "the join token is not whole or has a typing error: copy it again"),
            _ => (null, "that is no join token, which begins with ocl_jnt_: ask for an invitation"),
        };
    }

    private static int Fail(TextWriter error, int code, string sentence)
    {
        error.WriteLine(sentence);
        return code;
    }
}
