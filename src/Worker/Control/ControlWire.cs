using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Control;

/// <summary>The one line a client of the control socket sends. <see cref="Arguments"/> is the command's own.</summary>
internal sealed record ControlRequest(string Command, JsonElement? Arguments = null)
{
    /// <summary>The task the client is part of by its environment; null: of none, or of a program that does not say it.</summary>
    public string? Task { get; init; }
}

/// <summary>The last line of an answer, the only one with <c>ok</c>. <see cref="Error"/>: a sentence, and nothing was done.</summary>
internal sealed record ControlEnd(bool Ok, string? Error = null)
{
    /// <summary>The property that makes a line the last.</summary>
    public const string Mark = "ok";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest)), JsonSerializable(typeof(ControlEnd))]
[JsonSerializable(typeof(WorkerStatus)), JsonSerializable(typeof(DrainArguments)), JsonSerializable(typeof(DrainProgress))]
[JsonSerializable(typeof(PauseArguments)), JsonSerializable(typeof(PauseState))]
[JsonSerializable(typeof(ApproveArguments)), JsonSerializable(typeof(WaitingAttempt))]
[JsonSerializable(typeof(TemporaryApprovalView)), JsonSerializable(typeof(DecidedAttempt))]
internal sealed partial class ControlJson : JsonSerializerContext;
