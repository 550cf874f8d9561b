using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>
/// Tasks for one PC that come all the time, at two gateways in turn, sent again with the same key where one is away. Each writes a line
/// into a file of its own when it runs: the files say how often.
/// </summary>
internal sealed class SteadyWork : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500), Again = TimeSpan.FromMilliseconds(100);
    private readonly string folder;
    private readonly string worker;
    private readonly Uri[] gateways;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<int, string> accepted = new();
    private readonly Task loop;
    private volatile string token;

    public SteadyWork(string folder, string worker, string token, params Uri[] gateways)
    {
        Directory.CreateDirectory(folder);
        (this.folder, this.worker, this.token, this.gateways) = (folder, worker, token, gateways);
        loop = SubmitTasks();
    }

    /// <summary>Tasks that were accepted so far.</summary>
    public int Accepted => accepted.Count;

    /// <summary>Requests that were refused for their token.</summary>
    public int Refused { get; private set; }

    /// <summary>From now on with this one.</summary>
    public void UseToken(string next) => token = next;

    /// <summary>Waits for some more to be accepted.</summary>
    public async Task WaitForMore(int tasks)
    {
        var before = Accepted;
        await Eventually.Is(() => Accepted >= before + tasks || loop.IsFaulted, $"{tasks} more tasks are accepted");
        if (loop.IsFaulted) await loop;
    }

    /// <summary>
    /// Submits no more; what was wrong with the tasks that were accepted, each of which has to have run once and succeeded.
    /// </summary>
    public async Task<List<string>> Finish()
    {
        await stop.CancelAsync();
        await loop;
        var wrong = new List<string>();
        using var api = new Api(gateways[0], token);
        foreach (var (number, id) in accepted.OrderBy(task => task.Key))
        {
            var end = await api.End(id);
            var state = end["state"]?.GetValue<string>();
            if (state != "succeeded" || end["stdout"]?.GetValue<string>() != FormatOutput(number))
                wrong.Add($"task {number}: {end.ToJsonString()}");
            var runs = File.Exists(PathOf(number)) ? (await File.ReadAllLinesAsync(PathOf(number))).Length : 0;
            if (runs != 1) wrong.Add($"task {number}, {id}, ran {runs} times");
        }
        return wrong;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task SubmitTasks()
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            // Every third is long enough to run over whatever is done meanwhile.
            var seconds = number % 3 == 0 ? 1 : 0;
            var body = new JsonObject
            {
                ["command"] = string.Create(CultureInfo.InvariantCulture,
                    $"echo $OPENCLAW_ATTEMPT >> '{PathOf(number)}'; sleep {seconds}; echo done {number}"),
                ["worker"] = worker,
            };
            accepted[number] = await SubmitTask(number, body);
            await Task.Delay(Between, TimeProvider.System);
        }
    }

    /// <summary>Until it is accepted: what was begun is not given up, or nobody would know whether it is a task.</summary>
    private async Task<string> SubmitTask(int number, JsonObject body)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var api = new Api(gateways[(number + tries) % gateways.Length], token);
                var answer = await api.Post("/tasks", body, key: string.Create(CultureInfo.InvariantCulture, $"steady-{number}"));
                if (answer.IsSuccess) return answer.Json!["taskId"]!.GetValue<string>();
                if (answer.Status == HttpStatusCode.Unauthorized) Refused++;
                else Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            }
            catch (Exception away) when (away is HttpRequestException or IOException or SocketException)
            {
                // It is being started anew: the other one, then.
            }
            await Task.Delay(Again, TimeProvider.System);
        }
    }

    private string PathOf(int number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));

    private static string FormatOutput(int number) => string.Create(CultureInfo.InvariantCulture, $"done {number}\n");
}
