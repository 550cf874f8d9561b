using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Diagnosis;

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


    /// <summary>What a person types, a line for each question; null: nobody is there.</summary>
    public string? Typed { get; set; }

    /// <summary>Programs it was to run; none is.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>How they end.</summary>
    public ProbeAnswer? Answer { get; set; } = new(0, "");

    public Task<int> Type(params string[] arguments)
    {
        (output, error) = (new StringWriter(), new StringWriter());
        return CommandLine.Run(arguments, new Terminal(output, error, new StringReader(Typed ?? ""), Variables.GetValueOrDefault, UserHome)
        {
            Command = Note,
            HasPerson = Typed is not null,
        });
    }

    private Task<ProbeAnswer?> Note(IReadOnlyList<string> command)
    {
        Commands.Add(string.Join(' ', command));
        return Task.FromResult(Answer);
    }
}
