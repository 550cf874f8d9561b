using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>A terminal whose lines a test types and reads.</summary>
internal sealed class TypedTerminal
{
    private StringWriter output = new();
    private StringWriter error = new();

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);
    public string UserHome { get; init; } = "/nonexistent";
    public string Out => output.ToString();
    public string Error => error.ToString();
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>What a person types, a line for each question; null: nobody is there.</summary>
    public string? Typed { get; set; }

    /// <summary>What is piped into it where nobody is at the standard input.</summary>
    public string Piped { get; set; } = "";

    /// <summary>What its owner types at the terminal beside a pipe; null: there is no terminal.</summary>
    public string? TypedBesidePipe { get; set; }

    /// <summary>Programs it was to run; none is.</summary>
    public List<string> Commands { get; } = [];

    public ProbeAnswer? Answer { get; set; } = new(0, "");

    /// <summary>What a command does besides being noted; null: as <see cref="Answer"/> says.</summary>
    public Func<string, Task<ProbeAnswer?>>? Does { get; set; }

    /// <summary>A PC with everything a service needs.</summary>
    public SystemdFacts Systemd { get; set; } = new() { Runs = true, Runtime = "/run/user/1000", RuntimeIsSet = true };

    /// <summary>A PC that changes while it is looked at; null: as <see cref="Systemd"/> says.</summary>
    public Func<SystemdFacts>? Look { get; set; }

    /// <summary>The program that types itself; the default is built, not published.</summary>
    public IReadOnlyList<string> OwnProgram { get; set; } = ["/usr/bin/dotnet", "/opt/claw/openclaw-worker.dll"];

    /// <summary>PATH of the terminal and of the login shell.</summary>
    public string Path { get; set; } = "/usr/bin";

    public Task<int> Type(params string[] arguments)
    {
        (output, error) = (new StringWriter(), new StringWriter());
        var input = new StringReader(Typed ?? Piped);
        return CommandLine.Run(arguments, new Terminal(output, error, input, Variables.GetValueOrDefault, UserHome)
        {
            HasPerson = Typed is not null,
            OpenOwnersTerminal = () => TypedBesidePipe is { } typed ? new StringReader(typed) : null,
            Clock = Clock,
            Command = Note,
            OwnProgram = OwnProgram,
            Systemd = _ => Look?.Invoke() ?? Systemd,
            SearchPath = () =>
                Task.FromResult(
                    new SearchPath { Here = Path, Login = Path, Shell = "/bin/bash", UserHome = UserHome, Exists = File.Exists }),
            Signal = (_, _) => throw new InvalidOperationException("no test signals a process it did not start"),
        });
    }

    private Task<ProbeAnswer?> Note(IReadOnlyList<string> command)
    {
        var line = string.Join(' ', command);
        Commands.Add(line);
        return Does?.Invoke(line) ?? Task.FromResult(Answer);
    }
}
