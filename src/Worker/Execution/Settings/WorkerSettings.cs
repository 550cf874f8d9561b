using System.Text.Json;
using OpenClaw.Worker.Execution.Claude;
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

    /// <summary>Nothing set.</summary>
    public static WorkerSettings None { get; } = new();

    /// <summary>Custom kinds and the programs behind them.</summary>
    public IReadOnlyDictionary<string, ProgramSettings> Kinds { get; init; } = new Dictionary<string, ProgramSettings>();

    /// <summary>How Claude Code runs.</summary>
    public ClaudeSettings Claude { get; init; } = new();

    /// <summary>The settings of a worker's home, or every fault of the file at once.</summary>
    public static (WorkerSettings? Settings, IReadOnlyList<string> Errors) Load(string workerHome)
    {
        var path = Path.Combine(workerHome, FileName);
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllBytes(path)) : (None, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [error.Message]);
        }
    }

    /// <summary>The settings in a JSON text, or everything that is wrong with it.</summary>
    public static (WorkerSettings? Settings, IReadOnlyList<string> Errors) Parse(ReadOnlyMemory<byte> json)
    {
        var errors = new List<string>();
        try
        {
            var options = new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = 32,
            };
            using var document = JsonDocument.Parse(json, options);
            var root = new SettingsObject("", document.RootElement, errors);
            var settings = new WorkerSettings
            {
                Kinds = root.Map("kinds", ProgramSettings.NameFault, ProgramSettings.Read),
                Claude = ClaudeSettings.Read(root.Object("claude")),
            };
            root.RefuseOthers();
            return errors.Count == 0 ? (settings, errors) : (null, errors);
        }
        catch (JsonException error)
        {
            return (null, [$"not valid JSON: {error.Message}"]);
        }
    }
}
