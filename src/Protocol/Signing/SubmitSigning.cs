using System.Text.Json;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Signing;

/// <summary>What a client chooses when it signs a submit.</summary>
/// <param name="ExpiresAt">No attempt begins after it; at most <see cref="Limits.SignedFor"/> from now.</param>
public sealed record SigningTerms(DateTimeOffset ExpiresAt)
{
    /// <summary>Never used before; null: a random one. Whoever repeats a submit keeps its id.</summary>
    public string? Id { get; init; }
    /// <summary>Tenant of the task; null: <c>default</c>.</summary>
    public string? Tenant { get; init; }
    /// <summary>No attempt begins before it.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>Submits with a signature. What is signed stands there alone, or is said once more beside it and then says the same.</summary>
public static class SubmitSigning
{
    /// <summary>
    /// The same submit, signed; null with errors when it is none that a server would take. The fields that are signed move into what was
    /// signed.
    /// </summary>
    public static SubmitTask? Sign(this SubmitTask submit, SigningKey key, SigningTerms terms, FieldErrors errors)
    {
        if ((submit with { Signed = null }).ToValidatedSubmit(errors) is not { Payload: var payload }) return null;
        var signed = key.SignStatement(new TaskStatement
        {
            Id = terms.Id ?? Guid.NewGuid().ToString("N"),
            Tenant = terms.Tenant,
            Worker = submit.Worker,
            Labels = submit.Labels,
            Kind = payload.Kind,
            Payload = JsonElement.Parse(payload.Json),
            Timeout = submit.Timeout ?? payload.DefaultTimeout,
            MaxAttempts = submit.MaxAttempts,
            NotBefore = terms.NotBefore?.ToUnixTimeMilliseconds(),
            ExpiresAt = terms.ExpiresAt.ToUnixTimeMilliseconds(),
        });
        return submit.ReplaceBySigned(signed);
    }

    /// <summary>With the fields that were left out because they are signed. What can't be read the validation names.</summary>
    public static SubmitTask Unfold(this SubmitTask submit)
    {
        if (FindStatement(submit, new FieldErrors()) is not { } statement) return submit;
        return submit with
        {
            Worker = submit.Worker ?? statement.Worker,
            Labels = submit.Labels ?? statement.Labels,
            Kind = submit.Kind ?? statement.Kind,
            Payload = submit.Payload ?? statement.Payload,
            Timeout = submit.Timeout ?? statement.Timeout,
            MaxAttempts = submit.MaxAttempts ?? statement.MaxAttempts,
        };
    }

    /// <summary>What was signed; null: nothing, or it can't be read.</summary>
    public static TaskStatement? FindStatement(this SubmitTask submit) => FindStatement(submit, new FieldErrors());

    /// <summary>Says what is wrong with the form of what was signed, and which field beside it says something else. Pure.</summary>
    internal static void ValidateSigned(this SubmitTask submit, FieldErrors errors)
    {
        if (submit.Signed is null || FindStatement(submit, errors) is not { } statement) return;
        const string differs = "is not what was signed; leave it out";
        if (submit.Worker != statement.Worker) errors.Add("worker", differs);
        if (!HasSameLabels(submit.Labels, statement.Labels)) errors.Add("labels", differs);
        if (submit.Kind != statement.Kind) errors.Add("kind", differs);
        if (submit.Payload is { } payload && !JsonElement.DeepEquals(payload, statement.Payload)) errors.Add("payload", differs);
        if (submit.Timeout != statement.Timeout) errors.Add("timeout", differs);
        if ((submit.MaxAttempts ?? 1) != (statement.MaxAttempts ?? 1)) errors.Add("maxAttempts", differs);
    }

    private static TaskStatement? FindStatement(SubmitTask submit, FieldErrors errors)
    {
        var inside = errors.Within("signed");
        return submit.Signed?.Decode(inside) is { } bytes ? TaskStatement.Parse(bytes.Body, inside) : null;
    }

    private static bool HasSameLabels(string[]? some, string[]? others) =>
        new HashSet<string>(some ?? [], StringComparer.Ordinal).SetEquals(others ?? []);
}
