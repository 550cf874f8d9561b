using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Problems;

/// <summary>Makes the problems about input.</summary>
internal static class Problem400
{
    /// <summary>One field is wrong; the message goes on from its name: <c>must be ...</c>.</summary>
    public static Problem Field(string field, string message) => Fields([new FieldError(field, message)]);

    /// <summary>Some fields are wrong.</summary>
    public static Problem Fields(IReadOnlyList<FieldError> errors)
    {
        var sentence = string.Join("; ", errors.Select(error => $"{error.Field} {error.Message}"));
        return Of(sentence) with { Errors = [.. errors] };
    }

    /// <summary>The request as a whole is wrong.</summary>
    public static Problem Of(string sentence) => ProblemTable.Make(400, ProblemTypes.Invalid, sentence);
}
