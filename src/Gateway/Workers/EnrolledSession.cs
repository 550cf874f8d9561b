using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>
/// What a session of a worker that is known by its key is opened with: what the key was granted, not what its body says. Pure.
/// </summary>
internal static class EnrolledSession
{
    /// <summary>The session's request; null: none of the kinds is granted.</summary>
    public static SessionRequest? ApplyGrants(WorkerIdentity identity, string tokenId, OpenSession open)
    {
        var granted = open.Kinds.Where(kind => identity.Kinds.Contains(kind, StringComparer.Ordinal)).ToArray();
        if (granted.Length == 0) return null;
        var narrowed = open with
        {
            Kinds = granted,
            Labels = identity.Labels ?? open.Labels,
            Manifests = open.Manifests?.Where(manifest => granted.Contains(manifest.Kind, StringComparer.Ordinal)).ToArray(),
        };
        return SessionEndpoints.ValidateOpen(narrowed, new FieldErrors()) with
        {
            Identity = tokenId,
            Withheld = [.. open.Kinds.Except(granted, StringComparer.Ordinal)],
        };
    }

    public static Problem NothingGranted { get; } = ProblemTable.CreateForbidden(
        [new FieldError("kinds", "are none that its owner has granted: openclaw-worker kinds --accept, on the PC")]);

    /// <summary>To somebody with a token, about a name that a key has.</summary>
    public static Problem CreateKeyed(string name) => ProblemTable.CreateForbidden(
        [new FieldError("name", $"{name} is a worker that is known by its key: a token opens no session of it")]);

    /// <summary>To a key whose name another one got.</summary>
    public static Problem CreateReplaced(string name) => ProblemTable.CreateProblem(403, ProblemTypes.WorkerRevoked,
        $"Another PC has joined as {name}. This one gets work again after it has joined anew, with a new invitation.");
}
