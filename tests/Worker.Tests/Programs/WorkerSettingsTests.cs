using System.Text;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Programs;

public sealed class WorkerSettingsTests
{
    [Fact]
    public void A_whole_file_is_read()
    {
        var (settings, errors) = Parse("""
            {
              // what this PC can do
              "kinds": { "render": { "program": ["/opt/render", "--json"], "cwd": "~/jobs", "env": { "GPU": "1" }, "timeout": 5000 } },
              "claude": { "program": "/opt/claude", "model": "opus", "fallbackModel": "haiku", "permissionMode": "acceptEdits",
                          "allowedTools": ["Bash(git *)"],
                          "env": { "ANTHROPIC_BASE_URL": "http://localhost" }, "limits": { "cpu": 60000, "processes": 9 } },
            }
            """);
        Assert.Empty(errors);
        var render = settings!.Kinds["render"];
        Assert.Equal(["/opt/render", "--json"], render.Program);
        Assert.Equal(("~/jobs", TimeSpan.FromSeconds(5), "1"), (render.Cwd, render.Timeout, render.Env["GPU"]));
        var claude = settings.Claude;
        Assert.Equal(("/opt/claude", "opus", "haiku"), (claude.Program, claude.Model, claude.FallbackModel));
        Assert.Equal(("acceptEdits", false), (claude.PermissionMode, claude.SkipPermissions));
        Assert.Equal(["Bash(git *)"], claude.AllowedTools);
        Assert.Equal("http://localhost", claude.Env["ANTHROPIC_BASE_URL"]);
        Assert.Equal(new ProcessLimits { CpuMilliseconds = 60_000, Processes = 9 }, claude.Limits);
        var kinds = new ExecutorCatalog(ConfiguredExecutors.CreateAll(settings)).Kinds;
        Assert.Equal(Kinds.BuiltIn.Where(kind => kind.StartsWith("file-", StringComparison.Ordinal)).Append("render").Order(), kinds);
    }

    [Fact]
    public void No_file_is_no_settings()
    {
        using var folder = new ScratchFolder();
        var (settings, errors) = WorkerSettings.Load(folder.Path);
        Assert.Empty(errors);
        Assert.Empty(settings!.Kinds);
        Assert.Equal((null, false), (settings.Claude.PermissionMode, settings.Claude.SkipPermissions));
    }

    [Fact]
    public void A_file_is_found_in_the_workers_home()
    {
        using var folder = new ScratchFolder();
        folder.File(WorkerSettings.FileName, """{"claude":{"skipPermissions":true}}""");
        Assert.True(WorkerSettings.Load(folder.Path).Settings!.Claude.SkipPermissions);
    }

    /// <summary>Else the server refuses the session, at every try.</summary>
    [Theory]
    [InlineData(116, "", null)]
    [InlineData(117, "", "117 custom kinds: at most 116")]
    [InlineData(64, "x", null)]
    [InlineData(65, "x", "65 custom kinds have a description or a schema: at most 64")]
    [InlineData(64, "é", "bytes together")]
    public void More_than_a_session_can_tell_is_a_fault_at_the_start(int kinds, string description, string? error)
    {
        using var folder = new ScratchFolder();
        var text = string.Concat(Enumerable.Repeat(description, 1_000));
        var described = Enumerable.Range(0, kinds)
            .ToDictionary(number => $"k{number}", _ => new Dictionary<string, object> { ["program"] = new[] { "true" } });
        foreach (var kind in described.Values.Where(_ => text.Length > 0))
            kind["description"] = text;
        folder.File(WorkerSettings.FileName, System.Text.Json.JsonSerializer.Serialize(new { kinds = described }));
        var (settings, errors) = WorkerSettings.Load(folder.Path);
        Assert.Equal(error is null, settings is not null);
        if (error is null)
            Assert.Empty(errors);
        else
            Assert.Contains(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_at_once()
    {
        var (settings, errors) = Parse("""
            {
              "kinds": {
                "command": { "program": ["/x"] },
                "Bad Name": { "program": ["/x"] },
                "a": { "program": [] },
                "b": { "program": ["rel/x"], "timeout": -1, "cwd": 7, "env": { "A=B": "x", "C": 1 }, "shell": true },
                "c": 1
              },
              "claude": { "skipPermissions": "yes", "model": "--evil",
                "permissionmode": "plan", "allowedTools": ["-x"], "limits": { "cpu": 0, "wall": 1 } },
              "kind": {}
            }
            """);
        Assert.Null(settings);
        string[] expected =
        [
            "kinds.command is a built-in kind", "kinds.Bad Name is not a valid kind name",
            "kinds.a.program must be an array that begins with a program",
            "kinds.b.program must begin with an absolute path", "kinds.b.timeout must be a number of milliseconds",
            "kinds.b.cwd must be a text",
            "kinds.b.env.A=B is no name of a variable", "kinds.b.env.C must be a text", "kinds.b.shell is unknown",
            "kinds.c must be an object",
            "claude.skipPermissions must be true or false", "claude.model must not begin with -", "claude.permissionmode is unknown",
            "claude.allowedTools must hold names", "kind is unknown",
            "claude.limits.cpu must be", "claude.limits.wall is unknown",
        ];
        Assert.All(expected, wanted => Assert.Contains(errors, error => error.StartsWith(wanted, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"claude":{},"claude":{}}""")]
    [InlineData("""{"claude":{"skipPermissions":true,"permissionMode":"plan"}}""")]
    [InlineData("[]")]
    public void A_file_that_is_not_clear_is_refused(string json)
    {
        var (settings, errors) = Parse(json);
        Assert.Null(settings);
        Assert.NotEmpty(errors);
    }

    private static (WorkerSettings? Settings, IReadOnlyList<string> Errors) Parse(string json) =>
        WorkerSettings.Parse(Encoding.UTF8.GetBytes(json));
}
