using System.Text.Json.Serialization;
using OpenClaw.Protocol.Enrolment;

namespace OpenClaw.Cli.Workers;

/// <summary><c>workers invite --json</c>. The lines hold the token.</summary>
internal sealed record Invitation
{
    public required InviteView Invite { get; init; }
    public required string JoinToken { get; init; }

    /// <summary>Address of the server as the PC has it.</summary>
    public required string Url { get; init; }
    public string? Pin { get; init; }

    /// <summary>Platforms that there is a program for.</summary>
    public required string[] Platforms { get; init; }

    /// <summary>The line for Linux and macOS; missing: there is no program for these.</summary>
    public string? Sh { get; init; }

    /// <summary>The line for Windows; missing: there is no program for it.</summary>
    public string? Powershell { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Invitation))]
internal sealed partial class InvitationJson : JsonSerializerContext;
