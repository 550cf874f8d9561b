using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Signing;

/// <summary>A public key whose holder may have work done on this PC, until it expires.</summary>
internal sealed record TrustedKey(VerifyingKey Key, string Name, string Tenant, DateTimeOffset ExpiresAt)
{
    /// <summary>What its owner reads it by: its name, and the beginning of its id.</summary>
    public string Title => $"{Name} ({Key.Id[..12]})";
}

/// <summary>
/// The keys that the owner trusts, in <c>trusted-keys.json</c> of the worker's home. Only the owner writes it: nothing of it comes from the
/// server. Read again at every look, so a key that is removed counts no longer for the next program. A file with errors trusts nobody.
/// </summary>
internal sealed class TrustedKeys(string path)
{
    /// <summary>Name of the file in the worker's home.</summary>
    public const string FileName = "trusted-keys.json";
    private const int Largest = 1024 * 1024;
    private readonly Lock gate = new();
    private byte[] digest = [];
    private (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<string> Errors) known = ([], []);

    /// <summary>As the file is now; no file: none.</summary>
    public (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<string> Errors) Load()
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > Largest }) return ([], [$"{FileName} is larger than 1 MiB"]);
            var json = File.ReadAllBytes(path);
            var now = SHA256.HashData(json);
            lock (gate)
            {
                if (!digest.AsSpan().SequenceEqual(now)) (digest, known) = (now, Parse(json));
                return known;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], [$"{FileName}: {error.Message}"]);
        }
    }

    /// <summary>Replaces the file; durable when it returns. Throws IOException or UnauthorizedAccessException.</summary>
    public void Save(IReadOnlyList<TrustedKey> keys)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("name", key.Name);
                json.WriteString("publicKey", key.Key.ToBase64());
                json.WriteString("tenant", key.Tenant);
                json.WriteString("expiresAt", FormatTime(key.ExpiresAt));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        DurableFile.Write(path, text.ToArray());
    }

    public static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>All keys, or none and every error. Pure.</summary>
    internal static (IReadOnlyList<TrustedKey> Keys, IReadOnlyList<string> Errors) Parse(byte[] json)
    {
        var errors = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(json, SettingsObject.Relaxed);
            var root = new SettingsObject("", document.RootElement, errors);
            TrustedKey[] keys = [.. root.ReadObjects("keys").Select(ReadKey).OfType<TrustedKey>()];
            root.RejectUnknownFields();
            foreach (var twice in keys.CountBy(key => key.Key.Id).Where(key => key.Value > 1))
                errors.Add($"the key {twice.Key[..12]} is there twice");
            return errors.Count == 0 ? (keys, []) : ([], [.. errors.Select(error => $"{FileName}: {error}")]);
        }
        catch (JsonException error)
        {
            return ([], [$"{FileName}: not valid JSON: {error.Message}"]);
        }
    }

    private static TrustedKey? ReadKey(SettingsObject json)
    {
        var (name, tenant) = (json.ReadString("name") ?? "", json.ReadString("tenant") ?? TaskStatement.DefaultTenant);
        if (!Names.IsName(name)) json.AddError("name", "is needed: a to z, 0 to 9 and -, at most 63, not beginning with -");
        if (!Names.IsName(tenant)) json.AddError("tenant", "must be a name");
        var key = json.ReadString("publicKey") is { } text ? VerifyingKey.FromText(text) : null;
        if (key is null) json.AddError("publicKey", "must be a public key on P-256, base64 of its SubjectPublicKeyInfo");
        if (!DateTimeOffset.TryParse(
            json.ReadString("expiresAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires))
            json.AddError("expiresAt", "must be a time, such as 2027-11-30T00:00:00Z");
        json.RejectUnknownFields();
        return key is null ? null : new TrustedKey(key, name, tenant, expires);
    }
}
