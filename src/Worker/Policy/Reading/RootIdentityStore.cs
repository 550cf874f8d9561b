using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Policy.Reading;

/// <summary>
/// Which folders a policy's roots were when a daemon first read it, in the home: what a task did to the folders before a restart is seen
/// after it. Another policy begins anew.
/// </summary>
internal static class RootIdentityStore
{
    private const string Name = "roots.json";

    /// <summary>Those of this policy; none when it is not known.</summary>
    public static IReadOnlyDictionary<string, FileIdentity> Load(string workerHome, string digest)
    {
        try
        {
            var known = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(workerHome, Name)), RootJson.Default.StoredRoots);
            return known?.Policy == digest ? known.Roots : new Dictionary<string, FileIdentity>();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return new Dictionary<string, FileIdentity>();
        }
    }

    /// <summary>Keeps them for the next daemon; without any, nothing is kept.</summary>
    public static void Save(string workerHome, OwnerPolicy policy)
    {
        var path = Path.Combine(workerHome, Name);
        var roots = new Dictionary<string, FileIdentity>(policy.Roots.Exposed);
        if (roots.Count == 0)
            File.Delete(path);
        else
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(new(policy.Digest, roots), RootJson.Default.StoredRoots));
    }
}

/// <summary>What the file holds: the policy's digest, and each root's identity by its path.</summary>
internal sealed record StoredRoots(string Policy, Dictionary<string, FileIdentity> Roots);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredRoots))]
internal sealed partial class RootJson : JsonSerializerContext;
