using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Identity;

/// <summary>What a home folder remembers of the daemon that used it last, in its file <c>identity.json</c>.</summary>
internal sealed record HomeRecord
{
    private const string FileName = "identity.json";

    /// <summary>Digest of the PC's id; null: it has none that counts.</summary>
    public string? Machine { get; init; }
    /// <summary>Where the folder was.</summary>
    public string? Path { get; init; }
    /// <summary>Which file its lock was; another one after a copy.</summary>
    public string? Lock { get; init; }
    /// <summary>The run of the machine.</summary>
    public string? Boot { get; init; }
    /// <summary>The daemon's processes in this folder since the machine was started, random ids, the last one last.</summary>
    public string[] Runs { get; init; } = [];
    /// <summary>Names the worker had, the last one last.</summary>
    public string[] Names { get; init; } = [];
    /// <summary>Id of the server it had a session with last; null: none that says one.</summary>
    public string? Server { get; init; }
    public string? ServerUrl { get; init; }
    /// <summary>By the server's id, what is here of other servers.</summary>
    public Dictionary<string, KeptWork> Elsewhere { get; init; } = [];

    /// <summary>Null: there is none (a new home, or one of an older daemon), or it can't be understood. Throws IOException.</summary>
    public static HomeRecord? LoadFrom(string home)
    {
        var path = System.IO.Path.Combine(home, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), HomeJson.Default.HomeRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>On disk when it returns; throws IOException or UnauthorizedAccessException.</summary>
    public void SaveTo(string home) =>
        DurableFile.Write(System.IO.Path.Combine(home, FileName), JsonSerializer.SerializeToUtf8Bytes(this, HomeJson.Default.HomeRecord));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(HomeRecord))]
internal sealed partial class HomeJson : JsonSerializerContext;
