using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>Tasks for which the person at the PC is asked. All that is set must fit; nothing set fits every task.</summary>
internal sealed record ApprovalRule
{
    /// <summary>What the owner calls it; the rule is <c>approval.NAME</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Kinds it is about; null: all.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }
    /// <summary>A pattern over the shell's text, or the arguments with blanks between; null: any, also none.</summary>
    public TextPattern? Text { get; init; }
    /// <summary>Folders that the file or the working folder is in; null: anywhere.</summary>
    public IReadOnlyList<string>? Within { get; init; }

    /// <summary>What no yes can be bound to is rejected: a shell's text, code among the arguments, an agent's turn.</summary>
    public bool RejectsUnbound { get; init; }

    /// <summary>What it says of a task; null: nothing.</summary>
    /// <param name="request">The task.</param>
    /// <param name="unbound">Why its files were not known when the owner was asked, beside what its words say; null: they were.</param>
    public Verdict? FindObjection(PolicyInput request, string? unbound = null)
    {
        if (!MatchesTask(request)) return null;
        return RejectsUnbound
            && (ProgramWords.FromTask(request.Kind, request.Argv, request.Text, request.Variables).Unbound ?? unbound) is { } why
            ? Verdict.Rejected($"approval.{Name}", $"the owner of this PC says yes only to what is known before it runs ({Name}): {why}")
            : Verdict.NeedsApproval($"approval.{Name}", $"the owner of this PC wants to be asked ({Name})");
    }

    private bool MatchesTask(PolicyInput request)
    {
        var text = request.Text ?? (request.Argv is { } argv ? string.Join(' ', argv) : null);
        var place = (request.File ?? request.Folder)?.Real;
        return Kinds?.Contains(request.Kind) is not false
            && (Text is null || (text is not null && Text.Matches(text)))
            && (Within is null || (place is not null
                && Within.Any(folder => RealPath.IsWithin(place, folder, StringComparison.Ordinal))));
    }
}
