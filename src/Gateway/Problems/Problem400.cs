using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Problems;

/// <summary>Makes the problems about input.</summary>
internal static class Problem400
{
    /// <summary>One field is wrong; the message goes on from its name: <c>must be ...</c>.</summary>
    public static Problem ForField(string field, string message) => ForFields([new FieldError(field, message)]);

    /// <summary>Some fields are wrong.</summary>
    public static Problem ForFields(IReadOnlyList<FieldError> errors)
    {
        var sentence = string.Join("; ", errors.Select(error => $"{error.Field} {error.Message}"));
        return ForRequest(sentence) with { Errors = [.. errors] };
    }

    /// <summary>The request as a whole is wrong.</summary>
    public static Problem ForRequest(string sentence) => ProblemTable.CreateProblem(400, ProblemTypes.Invalid, sentence);
}
