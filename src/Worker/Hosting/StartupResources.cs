using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Hosting;

/// <summary>What a daemon needs, all of it opened and checked before it starts.</summary>
internal sealed record StartupResources(HomeFolder Home, HomeIdentity Identity, AttemptFiles Files, OwnerFiles Owner, GatewayRoute Route)
{
    /// <summary>By which the server knows this worker; null: by a token.</summary>
    public WorkerKey? Key { get; init; }
}
