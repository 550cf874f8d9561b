using System.Text.Json.Serialization;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Cli.Keys;

/// <summary>A signing key for programs: its public half, and where the private one is.</summary>
internal sealed record KeyView(string Id, string PublicKey, string File);

/// <summary>What became of a signed task for programs; its state where that is known.</summary>
internal sealed record SubmittedView(string TaskId, string? State);

/// <summary>Shows the public half of a key, never the private one.</summary>
internal static class KeyText
{
    /// <summary>PEM on standard output, so that it can be sent on; what to do with it on standard error.</summary>
    public static int ShowKey(VerbCall call, VerifyingKey key, string file)
    {
        if (!call.Json) call.Error.WriteLine($"On each PC that is to run what it signs: {FormatTrustLine(key, file)}");
        return call.Show(new KeyView(key.Id, key.ToPem(), file), KeysJson.Default.KeyView, to => to.WriteLine(key.ToPem()));
    }

    /// <summary>Base64 needs no quotes in any shell.</summary>
    private static string FormatTrustLine(VerifyingKey key, string file) =>
        $"echo {key.ToBase64()} | openclaw-worker keys add - --name {FormatName(Path.GetFileNameWithoutExtension(file))}";

    private static string FormatName(string stem) =>
        stem is [not '-', ..] && stem.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? stem : "client";
}

/// <summary>What these verbs say to programs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(SubmittedView))]
internal sealed partial class KeysJson : JsonSerializerContext;
