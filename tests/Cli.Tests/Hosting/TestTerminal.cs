using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests.Hosting;

/// <summary>What a run of the command left: its exit code and all that it printed.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error);

/// <summary>A person's terminal: folders of its own, variables as a test says.</summary>
internal sealed class TestTerminal : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What the person types where nothing is shown; null: nobody is there.</summary>
    public string? Typed { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public string SettingsPath => Path.Combine(folder.Path, "openclaw", "contexts.json");

    public string WriteFile(string name, string text)
    {
        File.WriteAllText(folder.File(name), text);
        return folder.File(name);
    }

    public Task<CliRun> Run(params string[] arguments) => RunWithInput("", arguments);

    public async Task<CliRun> RunWithInput(string input, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(output, error, new StringReader(input), name => Variables.GetValueOrDefault(name), folder.Path)
        {
            HasPerson = Typed is not null, ReadHidden = () => Typed, Clock = Clock,
        };
        var code = await CommandLine.Run(arguments, terminal);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>A run that has to succeed.</summary>
    public async Task<string> Succeed(params string[] arguments)
    {
        var run = await Run(arguments);
        Assert.True(run.ExitCode == 0, $"openclaw {string.Join(' ', arguments)}: {run}");
        return run.Out;
    }

    public void Dispose() => folder.Dispose();
}
