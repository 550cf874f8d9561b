using System.Security.Cryptography;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Enrolment;

/// <summary>
/// Makes a key and has it enrolled. The key of a call whose answer was lost is kept: with it, and with it alone, the same join token may be
/// sent again.
/// </summary>
internal sealed class Enroller(GatewayRoute way, JoinPlace place, TimeProvider clock)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private const int Tries = 3;

    /// <summary>The worker, its key on disk; or why not.</summary>
    public async Task<(EnrolledWorker? Worker, string? Why)> Enrol(string token, string? name, string otherwise)
    {
        var path = Path.Combine(place.Home, "key-joining.pem");
        try
        {
            var key = File.Exists(path) ? WorkerKey.LoadKey(path).Key : null;
            using var own = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
            if (key is null) WorkerKey.SaveKey(path, own);
            var (worker, why) = await AskServer(own, token, name, otherwise);
            if (worker is null) return (null, why);
            File.Move(path, WorkerKey.GetKeyPath(place.Home, worker.Identity), overwrite: true);
            WorkerKey.SaveRecord(place.Home, new EnrolmentRecord
            {
                Identity = worker.Identity, Name = worker.Name, Server = worker.Server, Kinds = worker.Kinds,
            });
            return (worker, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"the key can't be kept in {place.Home}: {error.Message}");
        }
    }

    /// <summary>First under the name that was asked for, else under the invitation's; where it fixes none, under this PC's.</summary>
    private async Task<(EnrolledWorker? Worker, string? Why)> AskServer(ECDsa key, string token, string? name, string otherwise)
    {
        var answer = await SendEnrol(key, token, name);
        if (name is null && answer?.Problem is { Status: 400, Errors: [{ Field: "name" }] })
            answer = await SendEnrol(key, token, otherwise);
        return answer switch
        {
            null => (null, $"no answer from {way.Url} in time: type the same again; the join token is still good"),
            { IsOk: true } => (answer.Value.Value, null),
            { Problem.Status: 401 } => (null, "the join token is used, has run out or is another server's: ask for a new invitation"),
            _ => (null, answer.Value.Why),
        };
    }

    private async Task<Answer<EnrolledWorker>?> SendEnrol(ECDsa key, string token, string? name)
    {
        var enrol = new EnrolWorker
        {
            Name = name,
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            Signature = "",
            Machine = place.Machine,
            Instance = place.Instance,
            Kinds = place.Kinds,
        };
        var invite = token.Substring(Protocol.Security.TokenForm.IdStart, Protocol.Security.TokenForm.IdLength);
        enrol = enrol with { Signature = KeySignature.Sign(key, KeySignature.FormatEnrolment(invite, enrol)) };
        for (var tried = 1; ; tried++)
        {
            using var late = new CancellationTokenSource(CallTimeout, clock);
            using var http = way.CreateClient(CallTimeout);
            try
            {
                var answer = await new EnrolmentClient(http).Enrol(token, enrol, late.Token);
                if (answer.Problem is not { Status: >= 500 } || tried == Tries) return answer;
            }
            catch (Exception error) when (CallRetryRules.IsRetryable(error))
            {
                if (tried == Tries) return null;
            }
            await Task.Delay(TimeSpan.FromSeconds(tried), clock);
        }
    }
}
