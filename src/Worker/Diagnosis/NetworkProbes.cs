using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>Looks at the way to the server, step by step, each with a time limit. Changes nothing there.</summary>
internal sealed class NetworkProbes(GatewayRoute route, string token, TimeProvider clock)
{
    private const int LargeBody = 2 * 1024 * 1024;
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);
    private CertificateFacts? certificate;

    /// <summary>The key that this PC has in the place of a token; null: it has a token, or a key that can't be read.</summary>
    public WorkerKey? Key { get; init; }

    /// <summary>Why its key can't be read; null: it can, or there is none.</summary>
    public string? KeyError { get; init; }

    private bool HasJoined => Key is not null || KeyError is not null;

    public async Task<IReadOnlyList<Finding>> CollectFindings()
    {
        // Behind a proxy only the proxy looks names up and connects.
        var first = route.Proxy ?? route.Url;
        var findings =
            new List<Finding> { NetworkJudgement.JudgeProxy(route.Url, route.Proxy is { } proxy ? ProxyChoice.FormatForLog(proxy) : null) };
        var (addresses, unknown) = await LookUpHost(first.IdnHost);
        findings.Add(NetworkJudgement.JudgeLookup(first.IdnHost, addresses, unknown));
        if (addresses == 0) return findings;
        var (took, connectError) = await MeasureConnect(first.IdnHost, first.Port);
        var target = route.Proxy is null ? first.IdnHost : $"the proxy {first.IdnHost}";
        findings.Add(NetworkJudgement.JudgeConnect(target, first.Port, took, connectError, toProxy: route.Proxy is not null));
        if (took is null) return findings;
        var asked = clock.GetUtcNow();
        // A poll of a session that nobody has: it takes no work, and the server says first whether it takes the token.
        var poll = new Poll { Session = "doctor.0.0", FreeSlots = 0, Held = [], Wait = 0 };
        var answer = await CallServer((server, cancellation) => server.Poll(poll, cancellation));
        findings.Add(answer.NoTunnel ? NetworkJudgement.JudgeMissingTunnel(route.Url, answer.ProxyStatus, answer.NoAnswer!)
            : route.Url.Scheme == "https" ? NetworkJudgement.JudgeTls(certificate, clock.GetUtcNow())
                : NetworkJudgement.JudgePlainHttp(route.Url));
        if (answer.NoAnswer is null) findings.Add(NetworkJudgement.JudgeClock(answer.Date, asked, clock.GetUtcNow()));
        var taken = await JudgeCaller(answer);
        findings.Add(taken);
        if (taken.Grade == Grade.Ok && !HasJoined)
            findings.Add(NetworkJudgement.JudgeBodies(
                await CallServer((server, cancellation) => server.SendProbeBody(LargeBody, cancellation))));
        return findings;
    }

    /// <summary>Whom the server takes this PC for; of a PC that has joined, once it is known that a server answers.</summary>
    private async Task<Finding> JudgeCaller(AnswerFacts answer)
    {
        if (KeyError is { } unread) return Finding.Error("token", unread, "with an invitation it joins anew: openclaw-worker join");
        if (Key is null || answer.ProblemType is null) return NetworkJudgement.JudgeToken(answer, Key is null ? token : "");
        return NetworkJudgement.JudgeKey(await new KeyProbe(route, clock).AskServer(Key), Key.Record.Identity);
    }

    private async Task<(int Addresses, string? Error)> LookUpHost(string host)
    {
        using var late = new CancellationTokenSource(StepTimeout, clock);
        try
        {
            return ((await Dns.GetHostAddressesAsync(host, late.Token)).Length, null);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ArgumentException)
        {
            return (0, error is OperationCanceledException ? "no answer within 10 s" : error.Message);
        }
    }

    private async Task<(TimeSpan? Took, string? Error)> MeasureConnect(string host, int port)
    {
        using var late = new CancellationTokenSource(StepTimeout, clock);
        var began = clock.GetTimestamp();
        try
        {
            using var connected = await Dialer.Connect(host, port, clock, late.Token);
            return (clock.GetElapsedTime(began), null);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return (null, error is OperationCanceledException ? "no answer within 10 s" : error.Message);
        }
    }

    private async Task<AnswerFacts> CallServer<T>(Func<WorkersClient, CancellationToken, Task<Answer<T>>> call) where T : class
    {
        using var late = new CancellationTokenSource(StepTimeout, clock);
        HeadRecorder? head = null;
        using var client =
            (route with { CertificateChecked = RecordCertificate }).CreateClient(StepTimeout, inner => head = new HeadRecorder(inner));
        // A proxy that wants a password may close before it has the body, and then its answer is lost.
        if (route is { Proxy: not null, Url.Scheme: "http" }) client.DefaultRequestHeaders.ExpectContinue = true;
        if (!HasJoined) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            var answer = await call(new WorkersClient(client), late.Token);
            // What somebody in between says of the time is not what the server's clock says.
            return new AnswerFacts(head?.Status, answer.Problem?.Type, answer.Foreign is null ? head?.Date : null)
            {
                TokenMissing = answer.Problem?.Errors?.Any(error => error.Field == "Authorization") == true,
            };
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ProxyTunnelError)
        {
            return new AnswerFacts(null, null, null, error.Message) { NoTunnel = true, ProxyStatus = ParseStatus(error.Message) };
        }
        catch (Exception error) when (CallRetryRules.IsRetryable(error))
        {
            return new AnswerFacts(null, null, null, late.IsCancellationRequested ? "no answer within 10 s"
                : CallRetryRules.DescribeError(error));
        }
    }

    /// <summary>.NET has the proxy's answer in its sentence only: <c>... failed with status code '407'</c>.</summary>
    private static int? ParseStatus(string sentence) => Array.Find(sentence.Split('\''), IsStatus) is { } status
        ? int.Parse(status, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static bool IsStatus(string text) => text.Length == 3 && text.All(char.IsAsciiDigit);

    private void RecordCertificate(X509Certificate2 leaf, X509Chain? chain, SslPolicyErrors errors, bool trusted)
    {
        var names = string.Join(", ", leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
                .Take(5));
        var chainErrors = string.Join(", ", chain?.ChainStatus.Select(status => status.Status.ToString()).Distinct() ?? []);
        certificate = new CertificateFacts(
            errors, trusted, leaf.Issuer, names.Length > 0 ? names : leaf.Subject, leaf.NotBefore.ToUniversalTime(),
            leaf.NotAfter.ToUniversalTime(),
            Convert.ToHexStringLower(SHA256.HashData(leaf.RawDataMemory.Span)), chainErrors.Length > 0 ? chainErrors : null);
    }

    /// <summary>Notes status and clock of the answer, whoever it is of.</summary>
    private sealed class HeadRecorder(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public int? Status { get; private set; }

        public DateTimeOffset? Date { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            (Status, Date) = ((int)response.StatusCode, response.Headers.Date);
            return response;
        }
    }
}
