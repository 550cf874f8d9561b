using OpenClaw.Protocol.Attempts;

namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>The words of an <see cref="OutcomeKind"/>, both ways.</summary>
public static class OutcomeKinds
{
    private static readonly (OutcomeKind Kind, string Word)[] Words =
    [
        (OutcomeKind.Succeeded, Outcomes.Succeeded),
        (OutcomeKind.Failed, Outcomes.Failed),
        (OutcomeKind.TimedOut, Outcomes.TimedOut),
        (OutcomeKind.Cancelled, Outcomes.Cancelled),
        (OutcomeKind.Rejected, Outcomes.Rejected),
        (OutcomeKind.Lost, Outcomes.Lost),
    ];

    /// <summary>The word on the wire. Throws for <see cref="OutcomeKind.None"/>, which no attempt ends with.</summary>
    public static string WireName(this OutcomeKind kind) => Array.Find(Words, word => word.Kind == kind).Word
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an outcome");

    /// <summary>The kind of a word; <see cref="OutcomeKind.None"/> when it is none.</summary>
    public static OutcomeKind Parse(string word) => Array.Find(Words, pair => pair.Word == word).Kind;
}
