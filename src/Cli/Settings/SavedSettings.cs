using System.Text.Json.Serialization;

namespace OpenClaw.Cli.Settings;

/// <summary>What <c>openclaw login</c> keeps: servers by name, each with its token.</summary>
internal sealed record SavedSettings
{
    /// <summary>The context that is used where none is named.</summary>
    public string? Current { get; init; }

    public SortedDictionary<string, SavedContext> Contexts { get; init; } = new(StringComparer.Ordinal);

    /// <summary>With this context, which is the current one from now on.</summary>
    public SavedSettings WithContext(string name, SavedContext context) =>
        new() { Current = name, Contexts = new(Contexts, StringComparer.Ordinal) { [name] = context } };

    /// <summary>Without this context. None is the current one then where it was this one.</summary>
    public SavedSettings WithoutContext(string name)
    {
        var rest = new SortedDictionary<string, SavedContext>(Contexts, StringComparer.Ordinal);
        rest.Remove(name);
        return new() { Current = Current == name ? null : Current, Contexts = rest };
    }
}

/// <summary>A server and who one is there.</summary>
internal sealed record SavedContext
{
    public required string Url { get; init; }
    public required string Token { get; init; }

    /// <summary>The server's own authority, PEM: with it no other one is trusted.</summary>
    public string? Ca { get; init; }

    /// <summary>The token may travel in plain text.</summary>
    public bool InsecureHttp { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => Url;
}

/// <summary>The file's form. What an older build does not know it skips.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SavedSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
