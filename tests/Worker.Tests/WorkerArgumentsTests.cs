namespace OpenClaw.Worker.Tests;

public sealed class WorkerArgumentsTests
{
    private readonly Dictionary<string, string> variables = new() { ["WORKER_URL"] = "http://127.0.0.1:3456", ["WORKER_TOKEN"] = "t" };

    [Fact]
    public void Two_variables_are_enough()
    {
        var (options, errors) = Read();
        Assert.Empty(errors);
        Assert.Equal(("studio", 3, "/home/p/.openclaw/worker"), (options!.Name, options.MaxConcurrent, options.Home));
    }

    [Fact]
    public void Each_variable_has_its_place()
    {
        (variables["WORKER_NAME"], variables["MAX_CONCURRENT"], variables["DRAIN_TIMEOUT"]) = ("two", "7", "0");
        variables["WORKER_LABELS"] = "gpu, big";
        var (options, _) = Read();
        Assert.Equal(("two", 7, TimeSpan.Zero), (options!.Name, options.MaxConcurrent, options.DrainTimeout));
        Assert.Equal(["gpu", "big"], options.Labels);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_the_token_never()
    {
        variables["WORKER_URL"] = "ftp://x";
        variables["WORKER_TOKEN"] = "secret\u0007";
        variables["WORKER_NAME"] = "Not A Name";
        variables["MAX_CONCURRENT"] = "0";
        variables["LONG_POLL_WAIT"] = "soon";
        variables["WORKER_LABELS"] = "ok,worker:other";
        var (options, errors) = Read();
        Assert.Null(options);
        Assert.Equal(6, errors.Count);
        Assert.DoesNotContain(errors, error => error.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Studio.local", "studio"), InlineData("LAPTOP_7", "laptop-7"), InlineData("日本", "worker")]
    [InlineData("", "worker"), InlineData("-x-", "x")]
    public void A_host_name_becomes_a_valid_name(string host, string name) => Assert.Equal(name, WorkerArguments.ToWorkerName(host));

    private (WorkerOptions? Options, IReadOnlyList<string> Errors) Read() =>
        WorkerArguments.ParseOptions(name => variables.GetValueOrDefault(name), "Studio.local", "/home/p");
}
