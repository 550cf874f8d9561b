using System.Text;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Enrolment;

/// <summary>The home of a PC that joins: what is in it, and what is written there when it has.</summary>
internal sealed class JoinPlace
{
    private readonly IReadOnlyDictionary<string, string> variables;

    private JoinPlace(string home, string? machine, string instance, IReadOnlyDictionary<string, string> variables) =>
        (Home, Machine, Instance, this.variables) = (home, machine, instance, variables);

    public string Home { get; }

    /// <summary>Digest of the machine's id; null: it has none that counts.</summary>
    public string? Machine { get; }

    /// <summary>Secret id of the home: by it a worker that had a token until now keeps its name.</summary>
    public string Instance { get; }

    public required string[] Kinds { get; init; }

    public required OwnerPolicy Policy { get; init; }

    public string PolicyPath => Path.Combine(Home, PolicyFile.Name);

    /// <summary>The home, made where there is none; or why it can't be used. A daemon may run in it.</summary>
    public static (JoinPlace? Place, string? Error) Prepare(string path, string? machine, Terminal terminal)
    {
        try
        {
            var home = PrivateFolder.Ensure(path);
            if (HomeIdentity.WhyForeign(home, machine) is { } why)
                return (null, $"the home folder {home} {why}. To make it this PC's own: {terminal.ProgramTyped} claim --home {home}");
            if (FindInstance(home) is not { } instance) return (null, $"another worker is about to use {home}: try again");
            var (variables, errors) = VariableFile.Load(home);
            if (errors.Count > 0) return (null, string.Join('\n', errors));
            var (kinds, policy, ownerErrors) = OfferedKinds.FindIn(home);
            if (policy is null) return (null, string.Join('\n', ownerErrors));
            if (kinds.Length == 0) return (null, $"{Path.Combine(home, PolicyFile.Name)} allows no kind that this PC can run");
            return (new JoinPlace(home, machine, instance, variables) { Kinds = kinds, Policy = policy }, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"the folder {path} can't be used: {error.Message}");
        }
    }

    /// <summary>Where the daemon of this home finds its server from now on; null, or why it could not be written.</summary>
    public string? SaveSettings(Uri url, EnrolledWorker worker, string? caFile)
    {
        var next = new Dictionary<string, string>(variables, StringComparer.Ordinal)
        {
            ["WORKER_URL"] = url.AbsoluteUri.TrimEnd('/'), ["WORKER_NAME"] = worker.Name,
        };
        // The key is in its place.
        next.Remove("WORKER_TOKEN");
        if (caFile is not null) next["OPENCLAW_CA_FILE"] = caFile;
        try
        {
            DurableFile.Write(Path.Combine(Home, VariableFile.Name), Encoding.UTF8.GetBytes(VariableFile.FormatLines(next)));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"joined, but {Path.Combine(Home, VariableFile.Name)} can't be written: {error.Message}";
        }
    }

    private static string? FindInstance(string home)
    {
        if (HomeFolder.ReadInstance(home) is { } known) return known;
        var (made, _) = HomeFolder.Open(home);
        using (made) return made?.Instance ?? HomeFolder.ReadInstance(home);
    }
}
