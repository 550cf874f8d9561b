using System.Text.Json.Serialization;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>
/// Payload of <c>file-upload</c>: one piece. Pieces follow each other; each may be sent again. What is there is kept beside the target
/// until the piece that names <see cref="FileSha256"/> puts it in its place.
/// </summary>
public sealed record FileUploadPayload : IPayload
{
    /// <summary>Where the file goes.</summary>
    public required string Path { get; init; }
    /// <summary>Name of this upload, chosen by the client; the same for all pieces.</summary>
    public required string Upload { get; init; }
    /// <summary>Bytes of the file before this piece.</summary>
    public required long Offset { get; init; }
    /// <summary>The bytes, base64; none asks how much is there.</summary>
    [JsonConverter(typeof(LongTextConverter))] public required string Content { get; init; }
    /// <summary>SHA-256 (hex) of the bytes of this piece.</summary>
    public required string PieceSha256 { get; init; }
    /// <summary>On the last piece: SHA-256 (hex) of the whole file, which is then put in its place.</summary>
    public string? FileSha256 { get; init; }
    /// <summary>SHA-256 (hex) the file must have before it is replaced; looked at by the last piece.</summary>
    public string? Sha256 { get; init; }
    /// <summary>The file must not be there yet; looked at by the last piece.</summary>
    public bool? IfAbsent { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => true;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        if (errors.RequireValue("upload", Upload)) errors.RequireName("upload", Upload);
        errors.RequireRange("offset", Offset, 0, long.MaxValue - Limits.FileContent);
        if (Content is null) errors.Add("content", "is required");
        else FileRules.ValidateBase64(errors, Content);
        if (errors.RequireValue("pieceSha256", PieceSha256)) Sha256Hex.Check(errors, "pieceSha256", PieceSha256);
        Sha256Hex.Check(errors, "fileSha256", FileSha256);
        FileRules.ValidatePrecondition(errors, Sha256, IfAbsent);
    }
}

/// <summary>Payload of <c>file-download</c>: one piece, its bytes are stdout.</summary>
public sealed record FileDownloadPayload : IPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>First byte, 0.</summary>
    public long? Offset { get; init; }
    /// <summary>Most bytes, 4 MiB.</summary>
    public long? Length { get; init; }
    /// <summary>What the first piece said: the file must be the same one still.</summary>
    public string? Version { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => true;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        errors.RequireRange("offset", Offset, 0, long.MaxValue - Limits.DownloadPiece);
        errors.RequireRange("length", Length, 1, Limits.DownloadPiece);
        errors.RequirePrintable("version", Version, 100);
    }
}
