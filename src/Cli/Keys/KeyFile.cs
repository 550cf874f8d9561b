using OpenClaw.Protocol.Signing;

namespace OpenClaw.Cli.Keys;

/// <summary>The file with the private key, as verbs are told it.</summary>
internal static class KeyFile
{
    public static VerbOption Option { get; } = new("--key", "the file with the private key, as keys generate makes it", "FILE");

    /// <summary>The key, to be disposed of; or why there is none.</summary>
    public static (SigningKey? Key, string? Error) Read(string? file)
    {
        if (file is null) return (null, "--key FILE is missing: the private key to sign with (openclaw keys generate makes one)");
        if (!File.Exists(file)) return (null, $"there is no file {file}");
        return SigningKey.FromPem(File.ReadAllText(file)) is { } key ? (key, null)
            : (null, $"{file} has no private key on P-256, PEM, without a passphrase");
    }
}
