using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Programs;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Programs;

public sealed class KindFolderTests : IDisposable
{
    private const string Render = """
        { // one file, one kind
          "name": "render", "program": ["/bin/sh", "-c", "cat"], "description": "renders a scene", "timeout": 5000, "cwd": "~/jobs",
          "limits": { "memory": 1048576, "processes": 4, "cpu": 1000, "output": 100 },
          "schema": { "type": "object", "required": ["scene"], "properties": { "scene": { "type": "string" } } } }
        """;

    private readonly ScratchFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Each_file_is_a_kind_with_what_the_server_is_told_of_it()
    {
        home.File("kinds/render.json", Render);
        home.File("kinds/other.json", """{ "name": "plain", "program": ["true"] }""");
        home.File("kinds/notes.txt", "not read");
        var (settings, errors) = WorkerSettings.Load(home.Path);

        Assert.Empty(errors);
        Assert.Equal(["plain", "render"], settings!.Kinds.Keys.Order());
        var manifest = Assert.Single(settings.Manifests!);
        Assert.Equal(("render", "renders a scene", 5000L), (manifest.Kind, manifest.Description, manifest.Timeout));
        Assert.Equal("object", manifest.Schema!.Value.GetProperty("type").GetString());
        var limits = settings.Kinds["render"].Limits!;
        Assert.Equal((1048576L, 4, 1000L, 100L), (limits.MemoryBytes, limits.Processes, limits.CpuMilliseconds, limits.OutputBytes));
    }

    [Fact]
    public void Every_fault_of_every_file_is_told_at_once()
    {
        home.File("settings.json", """{ "kinds": { "twice": { "program": ["true"] } }, "x": 1 }""");
        home.File("kinds/a.json",
            """
            { "program": ["rel/x"], "schema": { "type": "text" }, "limits": { "cpu": 99, "memory": 1048575, "memoryBytes": 1 },
              "shell": true }
            """);
        home.File("kinds/b.json", """{ "name": "command", "program": ["true"] }""");
        home.File("kinds/c.json", "{");
        home.File("kinds/d.json", """{ "name": "same", "program": ["true"] }""");
        home.File("kinds/e.json", """{ "name": "same", "program": ["true"] }""");
        var (settings, errors) = WorkerSettings.Load(home.Path);

        Assert.Null(settings);
        string[] expected =
        [
            "settings.json: x is unknown", "kinds/a.json: name is required", "kinds/a.json: program must begin with an absolute path",
            "kinds/a.json: schema/type must be one", "kinds/a.json: limits.cpu must be a whole number from 100 ",
                "kinds/a.json: limits.memory must be a whole number from 1048576 ",
            "kinds/a.json: limits.memoryBytes is unknown", "kinds/a.json: shell is unknown",
            "kinds/b.json: name is a built-in kind", "kinds/c.json: not valid JSON", "kinds/e.json: name same is another file's already",
        ];
        Assert.All(expected, wanted => Assert.Contains(errors, error => error.StartsWith(wanted, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_kind_in_the_folder_and_in_the_settings_is_a_fault()
    {
        home.File("settings.json", """{ "kinds": { "render": { "program": ["true"] } } }""");
        home.File("kinds/render.json", Render);
        Assert.Contains("settings.json: kinds.render is in the folder kinds, too", WorkerSettings.Load(home.Path).Errors);
    }

    [Fact]
    public async Task A_payload_that_does_not_fit_is_refused_here_too()
    {
        home.File("kinds/render.json", Render);
        Directory.CreateDirectory(home.At("jobs"));
        var kind = WorkerSettings.Load(home.Path).Settings!.Kinds["render"] with { Limits = null };
        using var unfit = new TestAttempt("render", """{"scene":7}""", home.Path);
        var rejected = await unfit.Run(new ProgramExecutor("render", kind));
        Assert.Equal((Outcomes.Rejected, "payload-not-valid", "payload/scene must be string"),
            (rejected.Outcome, rejected.Reason, rejected.Error));

        using var right = new TestAttempt("render", """{"scene":"a"}""", home.Path);
        Assert.Equal(Outcomes.Succeeded, (await right.Run(new ProgramExecutor("render", kind))).Outcome);
        Assert.Equal("a", JsonDocument.Parse(right.Output.Text).RootElement.GetProperty("scene").GetString());
    }
}
