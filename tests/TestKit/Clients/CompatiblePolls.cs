using OpenClaw.TestKit.Processes;

namespace OpenClaw.TestKit.Clients;

/// <summary>Polls of the compatible protocol that a server holds.</summary>
public static class CompatiblePolls
{
    /// <summary>Begins polls of a minute, each under a name of its own, and returns once the server has every one of them.</summary>
    public static async Task<List<Task<Reply>>> Begin(Api worker, Api client, int count)
    {
        var names = Enumerable.Range(0, count).Select(number => $"held-{number}").ToList();
        var polls = names.ConvertAll(name => worker.Get($"/worker/poll?wait=60000&name={name}"));
        await Eventually.Is(
            async () =>
            {
                var workers = (await client.Get("/workers")).Ok()["workers"]!.AsArray().Select(known => known!["name"]!.GetValue<string>());
                return !names.Except(workers).Any();
            },
            "every poll is held");
        return polls;
    }
}
