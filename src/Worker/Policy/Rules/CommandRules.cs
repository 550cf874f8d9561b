namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Which commands may run. An allow-list is over argument lists, item by item, and so a boundary; what is denied is a pattern over a text,
/// and so only a seat belt: a shell has a thousand ways to write the same thing.
/// </summary>
internal sealed record CommandRules
{
    /// <summary>Text for a shell may run.</summary>
    public bool Shell { get; init; } = true;
    /// <summary>Argument lists that may run; null: all.</summary>
    public IReadOnlyList<AllowedCommand>? Allow { get; init; }
    /// <summary>Texts that may not: of the shell, or the arguments with blanks between.</summary>
    public IReadOnlyList<TextPattern> Deny { get; init; } = [];

    /// <summary>Everything they have against a task.</summary>
    public IEnumerable<Verdict> FindObjections(PolicyInput request)
    {
        var text = request.Text ?? (request.Argv is { } argv ? string.Join(' ', argv) : null);
        if (text is null) yield break;
        if (request.Text is not null && !Shell)
            yield return Verdict.Rejected("commands.shell", "text for a shell is not allowed on this PC; send an argument list (argv)");
        if (request.Argv is { } list && Allow is { } allow && !allow.Any(allowed => allowed.Covers(list, request.Program)))
            yield return Verdict.Rejected("commands.allow",
                $"no line of the allow-list covers the program '{list[0]}' with these arguments");
        for (var i = 0; i < Deny.Count; i++)
        {
            if (Deny[i].Matches(text))
                yield return Verdict.Rejected($"commands.deny[{i}]", "the command matches a pattern that is denied on this PC");
        }
    }
}

/// <summary>
/// One line of the allow-list: these arguments exactly, or these and any after them. <paramref name="Program"/> is the file the program's
/// name must lead to, links followed; null: the name is enough.
/// </summary>
internal sealed record AllowedCommand(IReadOnlyList<string> Arguments, bool AndMore, string? Program)
{
    public bool Covers(IReadOnlyList<string> argv, string? program) =>
        (AndMore ? argv.Count >= Arguments.Count : argv.Count == Arguments.Count)
        && argv.Take(Arguments.Count).SequenceEqual(Arguments, StringComparer.Ordinal)
        && (Program is null || string.Equals(Program, program, StringComparison.Ordinal));
}
