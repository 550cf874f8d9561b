using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Files;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Policy;

/// <summary>
/// A task as the policy sees it: everything that had to be looked up on this PC (where a path leads, which file a program's name means)
/// has been looked up.
/// </summary>
internal sealed record PolicyInput
{
    /// <summary>Kind of the task.</summary>
    public required string Kind { get; init; }
    /// <summary>The time on the PC's wall.</summary>
    public required DateTimeOffset LocalTime { get; init; }
    /// <summary>Program and arguments of a <c>command</c> without a shell.</summary>
    public IReadOnlyList<string>? Argv { get; init; }
    /// <summary>Text of a <c>command</c> for a shell.</summary>
    public string? Text { get; init; }
    /// <summary>The file that <see cref="Argv"/> starts, as it is found in the person's PATH; null: there is none.</summary>
    public string? Found { get; init; }
    /// <summary>The same with its links followed.</summary>
    public string? Program { get; init; }
    /// <summary>Names of the variables the task sets itself.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
    /// <summary>The folder it runs in, as it was named and without links; null: it does not say, or runs no program.</summary>
    public NamedPath? Folder { get; init; }
    /// <summary>The file or folder a file task is about; null: it is no file task.</summary>
    public NamedPath? File { get; init; }
    /// <summary>What it does with <see cref="File"/>.</summary>
    public RootAccess Access { get; init; }
    /// <summary>What was found about its signature; null: the policy does not look at it.</summary>
    public SignatureFinding? Signature { get; init; }
    /// <summary>Bytes it wants to write into <see cref="File"/>; 0: unknown or none.</summary>
    public long FileBytes { get; init; }
}

/// <summary>A path as a task gave it and where it really leads.</summary>
internal sealed record NamedPath(string Named, string Real);

/// <summary>
/// Looks up what the policy must know of an offered task. It reads the fields all kinds share (<c>argv</c>, <c>command</c>, <c>env</c>,
/// <c>cwd</c>, <c>path</c>), so a kind of tomorrow is judged as well; whether the payload makes sense is for its executor to say.
/// </summary>
internal static class PolicyInputBuilder
{
    /// <param name="offer">The task.</param>
    /// <param name="home">The person's home.</param>
    /// <param name="local">The time on the wall.</param>
    /// <param name="findProgram">The file a program's name means here; null: none.</param>
    /// <param name="realPath">Where a path leads once its links are followed; null: nowhere.</param>
    public static PolicyInput FromOffer(
        Offer offer, string home, DateTimeOffset local, Func<string, string?> findProgram, Func<string, string?> realPath)
    {
        var payload = offer.Payload.ValueKind == JsonValueKind.Object ? offer.Payload : default;
        var command = offer.Kind == Kinds.Command;
        var argv = command ? ReadTexts(payload, "argv") : null;
        var found = argv is [{ Length: > 0 } program, ..] ? findProgram(program) : null;
        var isFile = offer.Kind.StartsWith("file-", StringComparison.Ordinal);
        return new PolicyInput
        {
            Kind = offer.Kind,
            LocalTime = local,
            Argv = argv,
            Text = command ? ReadText(payload, "command") : null,
            Found = found,
            Program = found is null ? null : realPath(found),
            Variables = ReadNames(payload, "env"),
            Folder = isFile ? null : ResolvePath(ReadText(payload, "cwd") ?? (command ? "~" : null), home, realPath),
            File = isFile ? ResolvePath(ReadText(payload, "path"), home, realPath) : null,
            Access = Kinds.Reading.Contains(offer.Kind) ? RootAccess.Read : RootAccess.Write,
            FileBytes = isFile && ReadContent(payload) is { } content
                ? CountContentBytes(content, offer.Kind, ReadText(payload, "encoding")) : 0,
        };
    }

    /// <summary>Where a path a task names leads; null when that can't be found out, and then it can't be opened either.</summary>
    private static NamedPath? ResolvePath(string? path, string home, Func<string, string?> realPath) =>
        path is not null && FilePaths.Resolve(path, home, OperatingSystem.IsWindows()).Full is { } full && realPath(full) is { } real
            ? new NamedPath(path, real)
            : null;

    private static long CountContentBytes(JsonElement content, string kind, string? encoding) =>
        encoding == "base64" || kind == Kinds.FileUpload ? TextSize.CountBytes(content) / 4 * 3 : TextSize.CountBytes(content);

    private static JsonElement? ReadContent(JsonElement payload) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty("content", out var value)
            && value.ValueKind == JsonValueKind.String ? value : null;

    private static string? ReadText(JsonElement payload, string field) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static string[]? ReadTexts(JsonElement payload, string field) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")] : null;

    private static string[] ReadNames(JsonElement payload, string field) =>
        payload.ValueKind == JsonValueKind.Object && payload.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Object
            ? [.. value.EnumerateObject().Select(pair => pair.Name)] : [];
}
