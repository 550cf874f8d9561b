using System.Text.Json;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Execution.Programs;

namespace OpenClaw.Worker.Execution.Settings;

/// <summary>
/// The owner's <c>settings.json</c> in the worker's home: what this PC does beyond the built-in kinds, and how it runs Claude
/// Code. No file is no settings. Only the owner writes it; nothing of it comes from the server.
/// </summary>
internal sealed record WorkerSettings
{
    /// <summary>Name of the file in the worker's home.</summary>
    public const string FileName = "settings.json";

    public static WorkerSettings None { get; } = new();

    /// <summary>Custom kinds and the programs behind them.</summary>
    public IReadOnlyDictionary<string, ProgramSettings> Kinds { get; init; } = new Dictionary<string, ProgramSettings>();

    /// <summary>What is sent to the server about the custom kinds; null: nothing.</summary>
    public KindManifest[]? Manifests =>
        Kinds.Select(kind => kind.Value.ToManifest(kind.Key)).OfType<KindManifest>().ToArray() is { Length: > 0 } all ? all : null;

    public AgentSettings Claude { get; init; } = new();

    public AgentSettings Codex { get; init; } = new();

    public AgentSettings Gemini { get; init; } = new();

    /// <summary>The settings of a worker's home, or every error of the file at once.</summary>
    public static (WorkerSettings? Settings, IReadOnlyList<string> Errors) Load(string workerHome)
    {
        var path = Path.Combine(workerHome, FileName);
        try
        {
            var (settings, fileErrors) = File.Exists(path) ? Parse(File.ReadAllBytes(path)) : (None, []);
            var errors = fileErrors.Select(error => $"{FileName}: {error}").ToList();
            var kinds = KindFolder.Load(workerHome, errors);
            foreach (var name in kinds.Keys.Where(name => settings?.Kinds.ContainsKey(name) is true))
                errors.Add($"{FileName}: kinds.{name} is in the folder {KindFolder.Name}, too");
            if (errors.Count > 0) return (null, errors);
            var all = settings! with { Kinds = settings.Kinds.Concat(kinds).ToDictionary() };
            errors.AddRange(all.ValidateLimits());
            return errors.Count > 0 ? (null, errors) : (all, errors);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{FileName}: {error.Message}"]);
        }
    }

    /// <summary>Errors for which the server would refuse every session: better reported at the start than at each try.</summary>
    private IEnumerable<string> ValidateLimits()
    {
        var most = Protocol.Limits.Kinds - Protocol.Payloads.Kinds.BuiltIn.Count;
        if (Kinds.Count > most) yield return $"{Kinds.Count} custom kinds: at most {most} are accepted by the server";
        if (Manifests is not { } manifests) yield break;
        if (manifests.Length > Protocol.Limits.Manifests)
            yield return $"{manifests.Length} custom kinds have a description or a schema: at most {Protocol.Limits.Manifests} can";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifests, Protocol.ProtocolJson.Default.KindManifestArray).Length;
        if (bytes > Protocol.Limits.ManifestBytes)
            yield return $"descriptions and schemas of the custom kinds have {bytes} bytes together: "
                + $"at most {Protocol.Limits.ManifestBytes} can be told";
    }

    /// <summary>The settings in a JSON text, or everything that is wrong with it.</summary>
    public static (WorkerSettings? Settings, IReadOnlyList<string> Errors) Parse(ReadOnlyMemory<byte> json)
    {
        var errors = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(json, SettingsObject.Relaxed);
            var root = new SettingsObject("", document.RootElement, errors);
            var settings = new WorkerSettings
            {
                Kinds = root.ReadMap("kinds", ProgramSettings.FindNameError, ProgramSettings.ReadKind),
                Claude = AgentSettings.ReadSection(root, "claude", ClaudeCli.DefaultAbilities),
                Codex = AgentSettings.ReadSection(root, "codex", CodexCli.DefaultAbilities),
                Gemini = AgentSettings.ReadSection(root, "gemini", GeminiCli.DefaultAbilities),
            };
            root.RejectUnknownFields();
            return errors.Count == 0 ? (settings, errors) : (null, errors);
        }
        catch (JsonException error)
        {
            return (null, [$"not valid JSON: {error.Message}"]);
        }
    }
}
