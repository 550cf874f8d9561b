using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Enrolment;

/// <summary>What a home remembers of its enrolment, in its file <c>enrolment.json</c>. No secret.</summary>
internal sealed record EnrolmentRecord
{
    public const string FileName = "enrolment.json";

    /// <summary>Id of the key at the server.</summary>
    public required string Identity { get; init; }
    /// <summary>Name of the worker.</summary>
    public required string Name { get; init; }
    /// <summary>Id of the server, which each signature names.</summary>
    public required string Server { get; init; }
    /// <summary>Kinds its owner has granted, as far as this home knows.</summary>
    public required string[] Kinds { get; init; }
}

/// <summary>
/// The key by which the server knows this worker: made here, and its private half leaves this PC never. It signs for a session; what the
/// server gives for that is good for the session alone.
/// </summary>
internal sealed class WorkerKey(ECDsa key, EnrolmentRecord record, string? machine) : IDisposable
{
    /// <summary>Files of keys in a home, those of joins that came to nothing included.</summary>
    public const string AnyKey = "key-*.pem";

    public EnrolmentRecord Record => record;

    /// <summary>True when a home has joined.</summary>
    public static bool IsIn(string home) => File.Exists(Path.Combine(home, EnrolmentRecord.FileName));

    /// <summary>The key of a home; neither key nor error: it has not joined.</summary>
    public static (WorkerKey? Key, string? Error) Load(string home, string? machine)
    {
        try
        {
            if (!IsIn(home)) return (null, null);
            var text = File.ReadAllBytes(Path.Combine(home, EnrolmentRecord.FileName));
            var record = JsonSerializer.Deserialize(text, EnrolmentJson.Default.EnrolmentRecord)!;
            var (key, error) = LoadKey(GetKeyPath(home, record.Identity));
            return key is null ? (null, error) : (new WorkerKey(key, record, machine), null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, $"{Path.Combine(home, EnrolmentRecord.FileName)} can't be used: {failure.Message}; join anew");
        }
    }

    /// <summary>The key of a file; or why there is none.</summary>
    public static (ECDsa? Key, string? Error) LoadKey(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
                return (null, $"{path} is this worker's key and can be read by others: chmod 600 {path}");
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(path));
            return (key, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException
            or PlatformNotSupportedException)
        {
            return (null, $"{path}, this worker's key, can't be read: {error.Message}; join anew");
        }
    }

    /// <summary>On disk, for its owner alone, when it returns.</summary>
    public static void SaveKey(string path, ECDsa key) => DurableFile.Write(path, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));

    public static string GetKeyPath(string home, string identity) => Path.Combine(home, $"key-{identity}.pem");

    /// <summary>The record last: until it is there the home is what it was before.</summary>
    public static void SaveRecord(string home, EnrolmentRecord record) => DurableFile.Write(
        Path.Combine(home, EnrolmentRecord.FileName), JsonSerializer.SerializeToUtf8Bytes(record, EnrolmentJson.Default.EnrolmentRecord));

    /// <summary>What comes behind the scheme in the Authorization header of a request with this body.</summary>
    public string SignRequest(string route, string challenge, byte[] body)
    {
        var text = KeySignature.FormatRequest(
            record.Server, route, record.Identity, machine ?? KeySignature.NoMachine, challenge, body);
        return $"{record.Identity}.{machine ?? KeySignature.NoMachine}.{challenge}.{KeySignature.Sign(key, text)}";
    }

    public void Dispose() => key.Dispose();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EnrolmentRecord))]
internal sealed partial class EnrolmentJson : JsonSerializerContext;
