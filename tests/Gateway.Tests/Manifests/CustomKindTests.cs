using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Manifests;

namespace OpenClaw.Gateway.Tests.Manifests;

/// <summary>A custom kind's payload is held against what its workers announced, before it is a task.</summary>
public sealed class CustomKindTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private const string Text = """{"type":"object","properties":{"scene":{"type":"string"}},"required":["scene"]}""";
    private const string Number = """{"type":"object","properties":{"scene":{"type":"integer"}},"required":["scene"]}""";
    private readonly string kind = "k" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_payload_that_does_not_fit_is_400_with_its_places_and_makes_no_task()
    {
        await Announce(Text);

        var (status, body) = await Submit("""{"scene":7,"more":1}""");
        Assert.Equal((HttpStatusCode.BadRequest, "/payload/scene", "must be string"),
            (status, body.GetProperty("errors")[0].Text("field"), body.GetProperty("errors")[0].Text("message")));
        Assert.Equal(HttpStatusCode.OK, (await Submit("""{"scene":"a"}""")).Status);
    }

    [Fact]
    public async Task A_kind_of_which_nothing_was_announced_takes_any_object() =>
        Assert.Equal(HttpStatusCode.OK, (await Submit("""{"scene":7}""")).Status);

    [Fact]
    public async Task A_payload_that_fits_one_of_several_goes_only_there()
    {
        var (texts, numbers) = (await Announce(Text), await Announce(Number));

        foreach (var (scene, worker) in new[] { ("7", numbers), ("\"a\"", texts), ("8", numbers) })
        {
            var (_, task) = await Submit($$"""{"scene":{{scene}}}""");
            var offer = await worker.Take();
            Assert.Equal(task.Text("taskId"), offer.TaskId);
            await worker.Finish(offer);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await Submit("""{"scene":true}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Submit("""{"scene":"a"}""", $",\"worker\":\"{numbers.Name}\"")).Status);
    }

    [Fact]
    public async Task A_worker_without_a_schema_takes_what_fits_no_other()
    {
        await Announce(Text);
        var any = await Announce(null);

        var (_, task) = await Submit("""{"scene":7}""");
        Assert.Equal(task.Text("taskId"), (await any.Take()).TaskId);
    }

    [Theory]
    [InlineData("""[{"kind":"other"}]""", "manifests[0].kind")]
    [InlineData("""[{"kind":"KIND","schema":{"allOf":[]}}]""", "manifests[0].schema/allOf")]
    [InlineData("""[{"kind":"KIND"},{"kind":"KIND"}]""", "manifests")]
    [InlineData("""[{"kind":"KIND","timeout":0}]""", "manifests[0].timeout")]
    public async Task A_session_with_a_wrong_manifest_is_refused(string manifests, string field)
    {
        var (status, body) = await gateway.Worker.Post("/worker/sessions", $$"""
            {"name":"{{SessionWorker.NewName()}}","instance":"i","kinds":["{{kind}}"],"os":"linux","arch":"x64","maxConcurrent":1,
             "manifests":{{manifests.Replace("KIND", kind, StringComparison.Ordinal)}}}
            """);

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, body.GetProperty("errors")[0].Text("field")));
    }

    [Fact]
    public async Task What_a_worker_announced_is_shown()
    {
        var worker = await Announce(Text);

        var (_, view) = await gateway.Client.Get("/workers/" + worker.Name);
        var manifest = view.GetProperty("manifests")[0];
        Assert.Equal((kind, "renders"), (manifest.Text("kind"), manifest.Text("description")));
        Assert.Equal("object", manifest.GetProperty("schema").Text("type"));
    }

    [Fact]
    public async Task A_running_task_says_how_far_it_is()
    {
        var worker = await Announce(null);
        var (_, submitted) = await Submit("{}");
        var offer = await worker.Take();
        var text = "begun\n::progress {\"percent\":40,\"message\":\"half\"}\n::progress {\"perc";
        await worker.Print(offer, SessionWorker.Chunk("stdout", 0, 0, text));

        var (_, task) = await gateway.Client.Get("/tasks/" + submitted.Text("taskId"));
        Assert.Equal((40.0, "half"),
            (task.GetProperty("progress").GetProperty("percent").GetDouble(), task.GetProperty("progress").Text("message")));
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("::progress {\"percent\":1}", null, null)]
    [InlineData("::progress {\"percent\":1}\n", 1.0, null)]
    [InlineData("::progress {\"percent\":1}\r\n::progress {\"message\":\"m\"}\nmore\n", null, "m")]
    [InlineData("::progress {\"percent\":1}\n::progress {\"percent\":101}\n::progress nonsense\n::progress []\n", 1.0, null)]
    [InlineData("say ::progress {\"percent\":1}\n", null, null)]
    public void The_last_line_that_can_be_understood_counts(string output, double? percent, string? message)
    {
        var progress = ProgressLine.FindLast(Encoding.UTF8.GetBytes(output));

        Assert.Equal((percent, message), (progress?.Percent, progress?.Message));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> Submit(string payload, string more = "") =>
        gateway.Client.Post("/tasks", $$"""{"kind":"{{kind}}","payload":{{payload}}{{more}}}""");

    /// <summary>A worker of the kind; what the gateway remembers of workers is a second old at most.</summary>
    private async Task<SessionWorker> Announce(string? schema)
    {
        KindManifest[]? manifests = schema is null
            ? null : [new() { Kind = kind, Description = "renders", Schema = JsonDocument.Parse(schema).RootElement }];
        var worker = await SessionWorker.Open(gateway, kinds: [kind], manifests: manifests);
        var facts = gateway.Services.GetRequiredService<TenantCache>();
        var anyone = new Caller("test", "default", Roles.Client, null);
        await Eventually.Holds(async () => (await facts.GetWorkers(anyone)).Any(known => known.Name == worker.Name));
        return worker;
    }
}
