namespace OpenClaw.Protocol.Problems;

/// <summary>SHA-256 as text: 64 hex digits, lower-case wherever we write it.</summary>
public static class Sha256Hex
{
    /// <summary>Digits of a hash.</summary>
    public const int Length = 64;

    /// <summary>Notes an error when it is not a hash in lower case. Null is none of this method's business.</summary>
    public static void CheckLowerCase(FieldErrors errors, string field, string? hex)
    {
        if (hex is not null && (hex.Length != Length || hex.AsSpan().ContainsAnyExcept("0123456789abcdef")))
            errors.Add(field, "must be 64 lower-case hex digits");
    }

    /// <summary>The same for what a person may have copied from a tool that writes upper case.</summary>
    public static void Check(FieldErrors errors, string field, string? hex)
    {
        if (hex is not null && (hex.Length != Length || !hex.All(char.IsAsciiHexDigit))) errors.Add(field, "must be 64 hex digits");
    }
}
