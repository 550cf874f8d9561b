using System.Text.Json.Serialization;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Payloads;

/// <summary>The payload of <c>file-read</c>: which file, and what part of it.</summary>
public sealed record FileReadPayload : IPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>utf8 or base64.</summary>
    public string? Encoding { get; init; }
    /// <summary>First byte.</summary>
    public long? Offset { get; init; }
    /// <summary>Number of bytes.</summary>
    public long? Length { get; init; }
    /// <summary>First line, from 1; instead of <see cref="Offset"/>.</summary>
    public long? Line { get; init; }
    /// <summary>Number of lines.</summary>
    public long? Lines { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() =>
        Encoding is FileRules.Base64 || Offset is not null || Length is not null || Line is not null || Lines is not null;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        FileRules.ValidateEncoding(errors, Encoding);
        errors.RequireRange("offset", Offset, 0, long.MaxValue);
        errors.RequireRange("length", Length, 1, long.MaxValue);
        errors.RequireRange("line", Line, 1, long.MaxValue);
        errors.RequireRange("lines", Lines, 1, long.MaxValue);
        if ((Line ?? Lines) is null) return;
        if ((Offset ?? Length) is not null) errors.Add("line", "can't be given together with offset or length");
        if (Encoding is FileRules.Base64) errors.Add("line", "can't be given together with encoding base64");
    }
}

/// <summary>The payload of <c>file-write</c>: which file, its content, and what must be there before.</summary>
public sealed record FileWritePayload : IPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>Content in the encoding.</summary>
    [JsonConverter(typeof(LongTextConverter))] public required string Content { get; init; }
    /// <summary>utf8 or base64.</summary>
    public string? Encoding { get; init; }
    /// <summary>SHA-256 (hex) the file must have before.</summary>
    public string? Sha256 { get; init; }
    /// <summary>The file must not be there yet.</summary>
    public bool? IfAbsent { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => Sha256 is not null || IfAbsent is not null;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        FileRules.ValidateEncoding(errors, Encoding);
        FileRules.ValidatePrecondition(errors, Sha256, IfAbsent);
        if (Content is null) errors.Add("content", "is required");
        else if (Encoding is FileRules.Base64) FileRules.ValidateBase64(errors, Content);
        else ValidateText(errors, Content);
    }

    private static void ValidateText(FieldErrors errors, string content)
    {
        errors.RequireText("content", content);
        if (System.Text.Encoding.UTF8.GetByteCount(content) > Limits.FileContent) AddTooLong(errors);
    }

    private static void AddTooLong(FieldErrors errors) => errors.Add("content", $"must be at most {Limits.FileContent} bytes");
}

/// <summary>The payload of <c>file-edit</c>: which text of which file, and what instead.</summary>
public sealed record FileEditPayload : IPayload
{
    /// <summary>Which file.</summary>
    public required string Path { get; init; }
    /// <summary>Text to find, literally.</summary>
    public required string OldString { get; init; }
    /// <summary>Text to put there, literally.</summary>
    public required string NewString { get; init; }
    /// <summary>All occurrences.</summary>
    public bool ReplaceAll { get; init; }
    /// <summary>SHA-256 (hex) before.</summary>
    public string? Sha256 { get; init; }

    /// <inheritdoc/>
    public bool NeedsSessionProtocol() => Sha256 is not null;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        FileRules.ValidatePath(errors, Path);
        if (errors.RequireValue("oldString", OldString)) errors.RequireText("oldString", OldString);
        if (NewString is null) errors.Add("newString", "is required");
        errors.RequireText("newString", NewString);
        Sha256Hex.Check(errors, "sha256", Sha256);
    }
}

internal static class FileRules
{
    public const string Base64 = "base64";

    public static void ValidatePath(FieldErrors errors, string? path)
    {
        if (path is null) errors.Add("path", "is required");
        else errors.RequirePath("path", path);
    }

    public static void ValidatePrecondition(FieldErrors errors, string? sha256, bool? ifAbsent)
    {
        Sha256Hex.Check(errors, "sha256", sha256);
        if (sha256 is not null && ifAbsent is true) errors.Add("ifAbsent", "can't be given together with sha256");
    }

    public static void ValidateBase64(FieldErrors errors, string content)
    {
        if (content.AsSpan().ContainsAny(" \t\r\n") || !System.Buffers.Text.Base64.IsValid(content, out var decoded))
            errors.Add("content", "must be base64");
        else if (decoded > Limits.FileContent) errors.Add("content", $"must be at most {Limits.FileContent} bytes");
    }

    public static void ValidateEncoding(FieldErrors errors, string? encoding)
    {
        if (encoding is not (null or "utf8" or Base64)) errors.Add("encoding", "must be utf8 or base64");
    }
}
