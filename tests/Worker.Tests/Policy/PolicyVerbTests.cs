using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Policy;

public sealed class PolicyVerbTests : IDisposable
{
    private readonly Execution.ScratchFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{}", 0, "allowed")]
    [InlineData("""{"commands":{"deny":[{"glob":"*hi*"}]}}""", 1, "rejected: commands.deny[0]")]
    [InlineData("""{"approval":[{"name":"all"}]}""", 3, "needs your yes: approval.all")]
    [InlineData("""{"quietHours":[{"from":"00:00","to":"00:00"}]}""", 4, "would wait: quietHours[0]")]
    [InlineData("""{"roots":{"read":["/usr"]},"sandbox":{"program":"/nowhere/bwrap"}}""", 1, "rejected: sandbox-unavailable")]
    public async Task A_task_is_told_what_it_would_meet(string policy, int exit, string says)
    {
        folder.File("policy.json", policy);
        Assert.Equal(exit, await Run("""{"kind":"command","payload":{"command":"echo hi"}}""", "policy", "test", "-"));
        Assert.StartsWith(says, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_rule_that_has_something_to_say_is_named()
    {
        var policy = folder.File("other.json", """{"kinds":[],"approval":[{"name":"all"}]}""");
        var task = folder.File("task.json", """{"kind":"file-read","payload":{"path":"/x"}}""");
        Assert.Equal(1, await Run("", "policy", "test", task, "--policy", policy));
        Assert.Equal(["rejected: kinds: tasks of kind file-read are not allowed on this PC",
            "  as well: approval.all: the owner of this PC wants to be asked (all)"],
                output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("test", "{")]
    [InlineData("test", "[]")]
    [InlineData("test", """{"kind":"command","payload":{"command":""}}""")]
    [InlineData("test", """{"kind":"command","payload":{"comand":"x"}}""")]
    public async Task What_is_no_task_is_an_error(string verb, string task)
    {
        Assert.Equal(2, await Run(task, "policy", verb, "-"));
        Assert.NotEmpty(errors.ToString());
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData(null, """{"command":"echo hi","worker":"studio","timeout":5000,"wait":1000,"tags":{"a":"b"}}""")]
    [InlineData("tasks", """{"argv":["echo","hi"],"cwd":"/","env":{"A":"b"},"maxAttempts":3}""")]
    [InlineData("files/write", """{"path":"/tmp/x","content":"aGk=","encoding":"base64","worker":"studio"}""")]
    [InlineData("/files/read", """{"path":"/tmp/x","offset":1}""")]
    [InlineData("files/edit", """{"path":"/tmp/x","old_string":"a","new_string":"b"}""")]
    [InlineData(
        "files/upload",
        """{"path":"/tmp/x","upload":"u","offset":0,"content":"aGk=","""
        + """ "pieceSha256":"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"}""")]
    [InlineData("claude", """{"prompt":"hello","callbackChannel":"","origin":"chat"}""")]
    [InlineData("codex", """{"prompt":"hello"}""")]
    public async Task A_body_is_taken_as_the_server_takes_it(string? route, string body)
    {
        string[] arguments = ["policy", "test", "-", .. route is null ? [] : new[] { "--as", route }];
        Assert.Equal((0, ""), (await Run(body, arguments), errors.ToString()));
        Assert.StartsWith("allowed", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, """{"prompt":"hello"}""", "--as claude or codex or gemini")]
    [InlineData(null, """{"path":"/x"}""", "--as files/read, files/write, files/edit or files/upload")]
    [InlineData("files/write", """{"path":"/x"}""", "content")]
    [InlineData("files/write", """{"path":"/x","content":"a","contents":"b"}""", "contents")]
    [InlineData("output", "{}", "output takes no tasks; those that do: /tasks, /files/write")]
    [InlineData(null, "null", "A task is a JSON object")]
    [InlineData(null, """{"command":"x","command":"y"}""", "command")]
    [InlineData(null, """{"command":"x","timeout":0}""", "timeout")]
    public async Task What_the_server_would_refuse_is_refused_here_and_says_why(string? route, string body, string why)
    {
        string[] arguments = ["policy", "test", "-", .. route is null ? [] : new[] { "--as", route }];
        Assert.Equal(2, await Run(body, arguments));
        Assert.Contains(why, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_names_every_fault_and_show_what_counts()
    {
        Assert.Equal(0, await Run("", "policy", "check"));
        folder.File("policy.json", """{"kinds":1,"no":2}""");
        Assert.Equal(2, await Run("", "policy", "check"));
        Assert.Contains("kinds must be", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("no is unknown", errors.ToString(), StringComparison.Ordinal);
        folder.File("policy.json", """{"kinds":["command"],"limits":{"memory":2097152}}""");
        Assert.Equal(0, await Run("", "policy", "show"));
        Assert.Contains("kinds      command\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("memory 2097152", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_named_must_be_there() =>
        Assert.Equal(2, await Run("", "policy", "show", "--policy", folder.At("none.json")));

    private Task<int> Run(string input, params string[] arguments) => CommandLine.Run(
        [.. arguments, "--home", folder.Path], new Terminal(output, errors, new StringReader(input), _ => null, folder.Path));
}
