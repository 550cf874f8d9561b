using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Work;

/// <summary>
/// The owner of a PC whose policy asks for a yes: says yes through a gateway or at the PC, says no, or says nothing. Repeats each word
/// until it was heard, whatever breaks.
/// </summary>
internal sealed class PcOwner(Gateways gateways, string adminToken, DaemonProcess daemon) : IAsyncDisposable
{
    public const string Label = "asked";

    /// <summary>Every witness needs a yes, which a gateway may bring; nobody's word is waited for longer than 20 s.</summary>
    public const string Policy = """
        { "approval": [{ "name": "asked", "glob": "*witness.pl*" }], "approvalTerms": { "wait": 20000, "fromGateway": true } }
        """;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentDictionary<string, Decision> decisions = new();
    private Task loop = Task.CompletedTask;

    /// <summary>Words that were heard, and those that may have been.</summary>
    public IReadOnlyList<Decision> Decisions => [.. decisions.Values];

    public void Start() => loop = Run();

    /// <summary>Decides nothing any more.</summary>
    public async Task Finish()
    {
        await end.CancelAsync();
        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await Finish();
        end.Dispose();
    }

    private async Task Run()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Look, TimeProvider.System, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                foreach (var id in await Waiting()) await Decide(id);
            }
            catch (Exception away) when (away is HttpRequestException or IOException or TaskCanceledException)
            {
                // The gateway has gone, or the daemon; what was not heard is said again.
            }
        }
    }

    private async Task<IReadOnlyList<string>> Waiting()
    {
        using var admin = Admin();
        var reply = await admin.Get("/tasks?status=awaiting_approval&limit=200");
        return reply.IsSuccess ? [.. reply.Json!["tasks"]!.AsArray().Select(task => task!["taskId"]!.GetValue<string>())] : [];
    }

    private async Task Decide(string id)
    {
        // By the id, so that what was decided once is decided the same when it must be said again.
        var choice = Convert.ToInt32(id[^2..], 16) % 10;
        if (choice == 0 || decisions.GetValueOrDefault(id) is { Confirmed: true }) return;
        var yes = choice > 2;
        var decision = decisions.GetOrAdd(id, new Decision(id, yes, History.Now, Confirmed: false));
        using var admin = Admin();
        var reply = await admin.Get($"/tasks/{id}?output=false");
        if (!reply.IsSuccess || reply.Json!["approval"]?["digest"]?.GetValue<string>() is not { } digest) return;
        var word = new JsonObject { ["decision"] = yes ? "approve" : "reject", ["digest"] = digest };
        var heard = yes && choice > 7
            ? await SayAtThePc($"{id}.{reply.Json["approval"]!["attempt"]}")
            : (await admin.Post($"/tasks/{id}/approval", word)).IsSuccess;
        if (heard) decisions[id] = decision with { Confirmed = true };
    }

    private async Task<bool> SayAtThePc(string attempt)
    {
        var said = await Command.Run(
            DaemonProcess.Program, ["approve", attempt, "--yes"], ("OPENCLAW_WORKER_HOME", daemon.Home), ("HOME", daemon.PersonalFolder));
        return said.ExitCode == 0;
    }

    private Api Admin() => new(gateways.Pick(Random.Shared).Url, adminToken);
}
