using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Requests;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>
/// The way of what was asked for: from a client's submit to the <see cref="TaskSpec"/> that the cluster keeps, and from that to the offer
/// of its worker. Each field of the envelope passes both. Pure.
/// </summary>
internal static class TaskSpecs
{
    /// <summary>The spec of a checked submit.</summary>
    public static TaskSpec CreateSpec(Envelope envelope, ValidatedSubmit submit, string tenant, string? label = null)
    {
        var payload = submit.Payload;
        var defaults = Defaults;
        return new TaskSpec
        {
            Kind = payload.Kind,
            Payload = payload.Json,
            Tenant = tenant,
            Requires = BuildRequirements(envelope, payload, label),
            Priority = envelope.Priority ?? defaults.Priority,
            StartWithin = ToTimeSpan(envelope.StartWithin) ?? defaults.StartWithin,
            Timeout = TimeSpan.FromMilliseconds(envelope.Timeout ?? payload.DefaultTimeout),
            Silence = ToTimeSpan(envelope.Silence),
            KillGrace = ToTimeSpan(envelope.KillGrace) ?? defaults.KillGrace,
            MaxAttempts = envelope.MaxAttempts ?? defaults.MaxAttempts,
            ConcurrencyKey = submit.Turn is { } turn ? "session:" + turn.SessionKey : envelope.ConcurrencyKey,
            Session = submit.Turn?.SessionKey,
            Tags = submit.Tags,
            Signed = envelope is SubmitTask { Signed: { } signed }
                ? JsonSerializer.SerializeToUtf8Bytes(signed, ProtocolJson.Default.SignedTask) : null,
            // As every part of it understands it: host in lower case, path never empty.
            CallbackUrl = envelope.CallbackUrl is { } url ? new Uri(url).AbsoluteUri : null,
            CallbackChannel = submit.Turn?.Payload.CallbackChannel,
        };
    }

    /// <summary>
    /// What a worker is told of an attempt. A large payload is left out where the worker <paramref name="fetches"/> those by itself.
    /// </summary>
    public static Offer ToOffer(Guid task, int attempt, TaskSpec spec, bool fetches) => new()
    {
        AttemptId = AttemptId.FormatId(task, attempt),
        TaskId = task.ToString("D"),
        Attempt = attempt,
        Kind = spec.Kind,
        Payload = fetches && IsLarge(spec) ? default : JsonElement.Parse(spec.Payload),
        PayloadBytes = fetches && IsLarge(spec) ? spec.Payload.Length : null,
        Timeout = (long)spec.Timeout.TotalMilliseconds,
        KillGrace = (long)spec.KillGrace.TotalMilliseconds,
        Silence = (long?)spec.Silence?.TotalMilliseconds,
        EndsWithLease = spec.EndsWithLease,
        Traceparent = spec.TraceParent,
        Signed = spec.Signed is { } signed ? JsonElement.Parse(signed) : null,
    };

    /// <summary>
    /// SHA-256 over the request as understood: the route, and the fields without spelling or spacing. How long the caller waits is
    /// no part of what is asked for.
    /// </summary>
    public static byte[] ComputeDigest<T>(string route, T submit, JsonTypeInfo<T> type) where T : Envelope
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(route + "\n"));
        // Piece by piece: the text of a large request would cost the pool twice its length, for good.
        using (var writer = new Utf8JsonWriter(new HashedBuffer(hash)))
            JsonSerializer.Serialize(writer, (T)((Envelope)submit with { Wait = null }), type);
        return hash.GetHashAndReset();
    }

    /// <summary>The caller's trace, when the header is one.</summary>
    public static string? ParseTrace(string? traceparent) =>
        traceparent is { Length: 55 } && ActivityContext.TryParse(traceparent, null, out _) ? traceparent : null;

    private static string BuildRequirements(Envelope envelope, SealedPayload payload, string? label)
    {
        var ofKind = LabelSet.KindPrefix + payload.Kind;
        var needsSession = payload.NeedsSessionProtocol || envelope.Silence is not null;
        var large = payload.Json.Length > Limits.LargePayload;
        var isPlain = !needsSession && !large && label is null && envelope.Worker is null && (envelope.Labels is null or { Length: 0 });
        if (isPlain) return ofKind;
        var all = new List<string>((envelope.Labels?.Length ?? 0) + 3) { ofKind };
        if (needsSession) all.Add(LabelSet.SessionProtocol);
        if (large) all.Add(LabelSet.Large);
        if (label is not null) all.Add(label);
        if (envelope.Worker is not null) all.Add(LabelSet.NameWorker(envelope.Worker));
        if (envelope.Labels is { } labels) all.AddRange(labels);
        return LabelSet.FromLabels(all);
    }

    /// <summary>
    /// By its label: of those without, from before there was one, a poll may get many, and a worker fetches one at a time.
    /// </summary>
    private static bool IsLarge(TaskSpec spec) => LabelSet.Covers(spec.Requires, LabelSet.Large);

    private static TimeSpan? ToTimeSpan(long? ms) => ms is { } given ? TimeSpan.FromMilliseconds(given) : null;

    private static readonly TaskSpec Defaults = new() { Kind = "", Payload = [], Requires = "" };
}
