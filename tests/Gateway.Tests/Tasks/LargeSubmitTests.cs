using System.Text;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Tests.Tasks;

/// <summary>What clients queue is not the memory of the server, also where they wait for it.</summary>
public sealed class LargeSubmitTests
{
    [Fact]
    public async Task A_submit_that_waits_for_its_end_holds_nothing_of_its_body()
    {
        await using var gateway = await FaultyGateway.Start();
        var (ended, waits) = (new TaskCompletionSource<TaskSnapshot?>(), new TaskCompletionSource());
        WeakReference? payload = null;
        TaskSnapshot? task = null;
        gateway.Grains
            .On<ITaskGrain>("Submit", (key, args) =>
            {
                var spec = (TaskSpec)args[0]!;
                payload = new WeakReference(spec.Payload);
                task = new() { Id = (Guid)key, Spec = spec with { Payload = [] }, State = TaskState.Queued, Version = 1, Attempt = 0 };
                return Task.FromResult(new TaskReply(Rejection.None, task));
            })
            .On<ITaskGrain>("Wait", (_, _) =>
            {
                waits.TrySetResult();
                return ended.Task;
            });
        using var http = gateway.Http();
        var content = Convert.ToBase64String(new byte[3 << 20]);
        using var body = new StringContent(
            $$"""{"path":"/tmp/a","content":"{{content}}","encoding":"base64","wait":60000}""", Encoding.UTF8, "application/json");

        var asked = http.PostAsync("/files/write", body);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await Eventually.Holds(() =>
        {
            GC.Collect();
            return Task.FromResult(!payload!.IsAlive);
        });
        Assert.False(asked.IsCompleted);
        ended.SetResult(task! with { State = TaskState.Cancelled });
        using var answer = await asked;
    }
}
