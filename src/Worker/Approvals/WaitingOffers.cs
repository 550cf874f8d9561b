using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Approvals;

/// <summary>An offer that waits for the owner. The payload is kept apart, byte for byte: the digest is of exactly these.</summary>
internal sealed record WaitingOffer(Offer Offer, byte[] Payload, string Rule, string Sentence, DateTimeOffset Since)
{
    /// <summary>The owner said yes to what has this digest, and it has not started yet; null: he did not.</summary>
    public string? ApprovedDigest { get; init; }

    /// <summary>The owner said no, and the server may not know yet.</summary>
    public bool Denied { get; init; }

    /// <summary>The files that its owner was shown; null: from a daemon that knew none.</summary>
    public WorkBinding? Binding { get; init; }

    public static WaitingOffer FromPending(PendingApproval pending) => new(
        pending.Offer, WorkDigest.GetPayloadBytes(pending.Offer), pending.Rule, pending.Sentence, pending.Since)
    {
        ApprovedDigest = pending.Answer is { Yes: true, By: DecidedBy.Owner } ? pending.Digest : null,
        Denied = pending.Answer is { Yes: false, By: DecidedBy.Owner },
        Binding = pending.Binding,
    };

    /// <summary>The offer as it came.</summary>
    public Offer RestorePayload() => Offer with { Payload = JsonElement.Parse(Payload) };
}

[JsonSerializable(typeof(WaitingOffer))]
internal sealed partial class WaitingJson : JsonSerializerContext;

/// <summary>One file for each offer that waits, so that a daemon that is started again asks for the same.</summary>
internal sealed class WaitingOffers(string folder)
{
    private const string Suffix = ".json";

    /// <summary>Throws IOException when it can't be made durable.</summary>
    public void Save(WaitingOffer waiting) =>
        DurableFile.Write(GetPath(waiting.Offer.AttemptId), JsonSerializer.SerializeToUtf8Bytes(waiting with
        {
            Offer = waiting.Offer with { Payload = JsonElement.Parse("{}") },
        }, WaitingJson.Default.WaitingOffer));

    public void Remove(string attemptId)
    {
        try
        {
            File.Delete(GetPath(attemptId));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Asked about once more after the next start; the server says that it is over.
        }
    }

    /// <summary>What a daemon before this one waited for. What can't be read is dropped: the server's clock ends that wait.</summary>
    public IReadOnlyList<WaitingOffer> LoadAll()
    {
        var found = new List<WaitingOffer>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToArray())
        {
            if (path.EndsWith(Suffix, StringComparison.Ordinal) && ReadFile(path) is { } waiting)
                found.Add(waiting);
            else
                File.Delete(path);
        }
        return found;
    }

    private static WaitingOffer? ReadFile(string path)
    {
        try
        {
            var waiting = JsonSerializer.Deserialize(File.ReadAllBytes(path), WaitingJson.Default.WaitingOffer);
            var whole = waiting is { Offer: { } offer, Payload: not null, Rule: not null }
                && AttemptName.IsSafe(offer.AttemptId) && offer.AttemptId == Path.GetFileNameWithoutExtension(path);
            return whole ? waiting! with { Offer = waiting.RestorePayload() } : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string GetPath(string attemptId) => Path.Combine(folder, attemptId + Suffix);
}
