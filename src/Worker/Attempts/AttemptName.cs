using System.Buffers;

namespace OpenClaw.Worker.Attempts;

/// <summary>Ids of attempts become names of files, and they come from the server, which is not trusted with that.</summary>
internal static class AttemptName
{
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");

    public static bool IsSafe(string id) => id.Length is > 0 and <= 128 && id[0] != '.' && !id.AsSpan().ContainsAnyExcept(Letters);
}
