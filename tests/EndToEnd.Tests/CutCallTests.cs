using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests;

/// <summary>A client's connections break anywhere within request and answer: it notices, asks again, and nothing is there twice.</summary>
public sealed class CutCallTests : IDisposable
{
    private const int Printed = 200_000;

    /// <summary>Nothing, a first byte, in the head, and in the body or behind its end.</summary>
    private static readonly int[] CutAfterBytes = [0, 1, 60, 200, 420];

    private readonly TemporaryFolder folder = new();
    private CallCut? cut;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_submit_or_cancel_that_is_sent_again_is_done_once_and_an_answer_that_is_cut_is_an_error_to_its_client()
    {
        await using var server = await StandaloneProcess.Start(folder.File("data"));
        await using var line = new CutLine(server.Url, _ => this.cut);
        using var direct = new Api(server.Url, server.TokenOf("client"));
        using var cut = new Api(line.Open(), server.TokenOf("client"));
        var printed = await direct.Submit(new JsonObject { ["command"] = $"head -c {Printed} /dev/zero | tr '\\0' x" });
        await direct.End(printed);

        var submits = 0;
        foreach (var callCut in AllCuts())
        {
            // For a label nobody has: it stays queued.
            var (body, key) = (new JsonObject { ["command"] = "true", ["labels"] = new JsonArray("nobody") }, $"key-{submits++}");
            var first = await Try(callCut, () => cut.Post("/tasks", body.DeepClone(), key));
            var id = (await direct.Post("/tasks", body, key)).Ok()["taskId"]!.GetValue<string>();
            Assert.Equal(id, first?.Ok()["taskId"]!.GetValue<string>() ?? id);

            await Try(callCut, () => cut.Post($"/tasks/{id}/cancel", null));
            await direct.Post($"/tasks/{id}/cancel", null);
            Assert.Equal("cancelled", (await direct.End(id))["state"]!.GetValue<string>());
        }
        var all = (await direct.Get("/tasks?limit=100")).Ok()["tasks"]!.AsArray();
        Assert.Equal(submits + 1, all.Count);

        foreach (var isReset in new[] { false, true })
        {
            foreach (var bytes in new[] { 0, 1, 200, 600, Printed / 2 })
            {
                var callCut = new CallCut(true, bytes, isReset);
                Assert.Null(await Try(callCut, () => cut.Get($"/tasks/{printed}?wait=30000")));
                Assert.Null(await Try(callCut, () => cut.Get($"/tasks/{printed}/output?stream=stdout")));
                Assert.Null(await Try(callCut, () => cut.Get($"/tasks/{printed}/events")));
            }
        }
        Assert.Equal(Printed, (await direct.GetBytes($"/tasks/{printed}/output?stream=stdout")).Bytes.Length);
    }

    private static IEnumerable<CallCut> AllCuts() =>
        from inAnswer in new[] { false, true }
        from isReset in new[] { false, true }
        from bytes in CutAfterBytes
        select new CallCut(inAnswer, bytes, isReset);

    /// <summary>The answer; null: its client was told that there is none.</summary>
    private async Task<Reply?> Try(CallCut callCut, Func<Task<Reply>> call)
    {
        this.cut = callCut;
        try
        {
            return await call();
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return null;
        }
        finally
        {
            this.cut = null;
        }
    }
}
