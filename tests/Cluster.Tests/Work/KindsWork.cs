using System.Text.Json.Nodes;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Work;

/// <summary>
/// What is no plain command: file tasks, commands that need the owner's yes, turns of an agent. Each has a daemon of its own.
/// </summary>
internal sealed class KindsWork : IAsyncDisposable
{
    private const int FilesOf = 0;
    private const int AskedOf = 1;
    private readonly Witness witness;
    private readonly AgentApi agent;
    private readonly FileEdits files;
    private readonly PcOwner owner;

    private KindsWork(Witness witness, AgentApi agent, FileEdits files, PcOwner owner) =>
        (this.witness, this.agent, this.files, this.owner) = (witness, agent, files, owner);

    public IReadOnlyList<Decision> Decisions => this.owner.Decisions;

    /// <summary>Starts the daemons, and the owner of the one that is asked.</summary>
    public static async Task<KindsWork> Start(ClusterServers servers, DaemonFleet daemons, Witness witness, string folder)
    {
        var agent = await AgentApi.Start(folder);
        var first = daemons.All.Count;
        await daemons.Start(
            [
                new DaemonPlan("files") { Labels = "", Slots = 8 },
                new DaemonPlan(PcOwner.Label) { Labels = PcOwner.Label, Policy = PcOwner.Policy },
                new DaemonPlan(AgentApi.Label) { Labels = AgentApi.Label, Slots = 2, Settings = agent.Settings },
            ], pinned: false);
        var files = new FileEdits("files", daemons[first + FilesOf].PersonalFolder);
        files.Prepare();
        var owner = new PcOwner(servers.Gateways, servers.AdminToken, daemons[first + AskedOf]);
        owner.Start();
        return new KindsWork(witness, agent, files, owner);
    }

    /// <summary>Instead of a command of the usual mix, for half of the tasks; null: the usual.</summary>
    public (JsonObject Body, Func<string, Accepted> Accepted)? Next(string key, Random random)
    {
        switch (random.Next(100))
        {
            case < 25: return this.files.Next(key, random);
            case < 45:
                var body = new JsonObject
                {
                    ["command"] = this.witness.Command(key, Math.Round(random.NextDouble(), 2), 0),
                    ["labels"] = new JsonArray(PcOwner.Label),
                    ["timeout"] = 8000, ["killGrace"] = 500,
                };
                return (body, id => new Accepted(key, id, 1) { Timeout = 8000, KillGrace = 500, NeedsYes = true });
            case < 49: return AgentApi.Next(key, this.witness, random);
            default: return null;
        }
    }

    /// <summary>Nobody says yes or no any more.</summary>
    public Task Finish() => this.owner.Finish();

    public IEnumerable<string> Violations(Evidence evidence)
    {
        foreach (var violation in this.files.Violations(evidence.Accepted, evidence.Unknown, evidence.Seen)) yield return violation;
        // Something of each kind went the whole way, else nothing is proved.
        var ended = evidence.Seen.Where(s => s.State == "succeeded").Select(s => s.Task).ToHashSet();
        var done = evidence.Accepted.Where(task => ended.Contains(task.Task)).ToList();
        if (!done.Exists(task => task.Witness == WitnessKind.File)) yield return "F0 no file task succeeded";
        if (!done.Exists(task => task.Witness == WitnessKind.Agent)) yield return "F0 no turn of an agent succeeded";
        if (!done.Exists(task => task.NeedsYes)) yield return "F0 nothing ran after a yes";
        if (!evidence.Decisions.Any(decision => decision is { Yes: false, Confirmed: true }))
            yield return "F0 nothing was refused by an owner";
    }

    public async ValueTask DisposeAsync()
    {
        await this.owner.DisposeAsync();
        this.agent.Dispose();
    }
}
