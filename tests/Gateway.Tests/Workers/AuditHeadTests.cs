using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Gateway.Tests.Workers;

/// <summary>The server keeps where a PC's own audit log ends, for that PC.</summary>
[Collection(nameof(GatewayHost))]
public sealed class AuditHeadTests(GatewayHost host)
{
    private static readonly string Zeros = new('0', 64);
    private static readonly string Hash = new('a', 64);

    [Fact]
    public async Task It_is_told_to_the_next_session_of_the_same_home_under_whatever_name_and_to_nobody_else()
    {
        var (name, other) = (Hosting.SessionWorker.NewName(), Hosting.SessionWorker.NewName());
        Assert.Equal((0, Zeros), await HeadOf(name, "home-1"));
        using (var first = await SessionWorker.Open(host, name, "home-1"))
            await Beat(first, 120, Hash);
        using (var admin = host.Http(host.AdminToken))
        {
            var view = JsonElement.Parse(await admin.GetStringAsync("/workers")).GetProperty("workers").EnumerateArray()
                .Single(worker => worker.GetProperty("name").GetString() == name);
            Assert.Equal((120, Hash), (view.GetProperty("auditLog").GetProperty("rows").GetInt64(),
                view.GetProperty("auditLog").GetProperty("hash").GetString()));
        }
        Assert.Equal((120, Hash), await HeadOf(name, "home-1"));
        using (var second = await SessionWorker.Open(host, name, "home-1"))
            Assert.Equal(200, (await second.Post("/worker/sessions/close", $$""","auditHead":{"rows":130,"hash":"{{Hash}}"}""")).Status);
        Assert.Equal((0, Zeros), await HeadOf(name, "home-2"));
        Assert.Equal((130, Hash), await HeadOf(other, "home-1", $",\"formerNames\":[\"{name}\"]"));
        using (var renamed = await SessionWorker.Open(host, other, "home-1"))
            await Beat(renamed, 7, Hash);
        Assert.Equal((7, Hash), await HeadOf(other, "home-1", $",\"formerNames\":[\"{name}\"]"));
    }

    [Theory]
    [InlineData("-1", "aaaa")]
    [InlineData("1", "short")]
    [InlineData("1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task One_that_is_none_is_refused(string rows, string hash)
    {
        using var worker = await SessionWorker.Open(host, Hosting.SessionWorker.NewName());
        foreach (var path in new[] { "/worker/heartbeat", "/worker/sessions/close" })
            Assert.Equal(400, (await worker.Post(path, $$""","auditHead":{"rows":{{rows}},"hash":"{{hash}}"}""")).Status);
    }

    [Fact]
    public async Task Every_session_of_a_tenant_is_told_the_same_id_of_its_tasks()
    {
        var one = (await SessionWorker.TryOpen(host, Hosting.SessionWorker.NewName(), "i-1")).Answer.GetProperty("server").GetString();
        var other = (await SessionWorker.TryOpen(host, Hosting.SessionWorker.NewName(), "i-2")).Answer.GetProperty("server").GetString();
        Assert.Equal(32, one!.Length);
        Assert.Equal(one, other);
    }

    private async Task<(long Rows, string? Hash)> HeadOf(string name, string instance, string more = "")
    {
        var (status, answer) = await SessionWorker.TryOpen(host, name, instance, more);
        Assert.Equal(200, status);
        var head = answer.GetProperty("auditHead");
        using var http = host.Http(host.WorkerToken);
        using var closed = await http.PostAsync("/worker/sessions/close",
            GatewayHost.Json($$"""{"session":{{answer.GetProperty("session").GetRawText()}}}"""));
        return (head.GetProperty("rows").GetInt64(), head.GetProperty("hash").GetString());
    }

    private static async Task Beat(SessionWorker worker, long rows, string hash) =>
        Assert.Equal(200, (await worker.Post("/worker/heartbeat", $$""","auditHead":{"rows":{{rows}},"hash":"{{hash}}"}""")).Status);
}
