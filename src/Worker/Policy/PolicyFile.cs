using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy.Reading;

namespace OpenClaw.Worker.Policy;

/// <summary>The owner's <c>policy.json</c>. Only the owner writes it; nothing of it comes from the server.</summary>
internal static class PolicyFile
{
    /// <summary>Name of the file in the worker's home.</summary>
    public const string Name = "policy.json";
    private const int Largest = 1024 * 1024;

    /// <summary>The policy of a worker's home, or every error of the file at once. A missing file is a policy, too.</summary>
    public static (OwnerPolicy? Policy, IReadOnlyList<string> Errors) Load(string workerHome, PolicyContext place) =>
        LoadFrom(Path.Combine(workerHome, Name), place) ?? (CreateDefault(place), []);

    /// <summary>The same for one file; null when it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">This PC.</param>
    /// <param name="known">Given back when the file is still its.</param>
    public static (OwnerPolicy? Policy, IReadOnlyList<string> Errors)? LoadFrom(string path, PolicyContext place, OwnerPolicy? known = null)
    {
        try
        {
            // Asked last: an editor may replace it in this moment, and then it is there a moment later.
            if (new FileInfo(path) is { Exists: true, Length: > Largest })
                return (null, ["the file is larger than 1 MiB"]);
            var json = File.ReadAllBytes(path);
            return known is not null && known.Digest == ComputeDigest(json) ? (known, []) : Parse(json, place);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [error.Message]);
        }
    }

    /// <summary>The policy in a JSON text, or everything that is wrong with it.</summary>
    public static (OwnerPolicy? Policy, IReadOnlyList<string> Errors) Parse(byte[] json, PolicyContext place)
    {
        var errors = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = 32,
            });
            var policy = new PolicyReader(place, ComputeDigest(json)).Read(new SettingsObject("", document.RootElement, errors));
            return errors.Count == 0 ? (policy, errors) : (null, errors);
        }
        catch (JsonException error)
        {
            return (null, [$"not valid JSON: {error.Message}"]);
        }
    }

    private static string ComputeDigest(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json));

    /// <summary>Without a file everything is allowed but the worker's own folder.</summary>
    public static OwnerPolicy CreateDefault(PolicyContext place) =>
        OwnerPolicy.None with { Files = new FileRoots(null, null, place.AllClosed) };
}
