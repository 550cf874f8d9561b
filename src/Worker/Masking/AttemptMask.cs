using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Masking;

/// <summary>What nothing of one attempt may show. It grows with the variables that its programs are given.</summary>
internal sealed class AttemptMask(SecretSource source, OwnerPolicy policy)
{
    private volatile SecretPatterns patterns = source.GetPatterns(policy);

    public SecretPatterns Patterns => patterns;

    /// <summary>A program is about to be started with these.</summary>
    public void AddVariables(IReadOnlyDictionary<string, string> variables) =>
        patterns = source.AddVariables(patterns, variables, policy.Secrets);

    /// <summary>How it ended, without secrets in what words say of it.</summary>
    public ExecutionResult MaskResult(ExecutionResult end) =>
        patterns.IsEmpty ? end : end with { Error = MaskText(end.Error), Metadata = (JsonObject?)MaskNode(end.Metadata) };

    private string? MaskText(string? text)
    {
        if (text is null) return null;
        var bytes = Encoding.UTF8.GetBytes(text);
        var masked = StreamMasker.MaskWhole(bytes, patterns);
        return masked.AsSpan().SequenceEqual(bytes) ? text : Encoding.UTF8.GetString(masked);
    }

    /// <summary>All texts in it, names included.</summary>
    private JsonNode? MaskNode(JsonNode? node) => node switch
    {
        JsonObject fields => MaskFields(fields),
        JsonArray items => new JsonArray([.. items.Select(MaskNode)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(MaskText(text)),
        _ => node?.DeepClone(),
    };

    private JsonObject MaskFields(JsonObject fields)
    {
        var masked = new JsonObject();
        foreach (var (name, value) in fields)
            masked[MaskText(name)!] = MaskNode(value);
        return masked;
    }
}
