using System.Globalization;
using System.Net.Security;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>The server's certificate as it was presented. <paramref name="Trusted"/>: by the system or the owner's file.</summary>
internal sealed record CertificateFacts(
    SslPolicyErrors Errors, bool Trusted, string Issuer, string Names, DateTimeOffset From, DateTimeOffset Until, string Sha256,
    string? Chain = null);

/// <summary>
/// What came of a call to the server: an answer with its status, or why there was none. Type and clock are there only when the answer is
/// provably an OpenClaw server's.
/// </summary>
internal sealed record AnswerFacts(int? Status, string? ProblemType, DateTimeOffset? Date, string? NoAnswer = null)
{
    /// <summary>The proxy opens no tunnel to the server.</summary>
    public bool NoTunnel { get; init; }

    /// <summary>What the proxy answered then; null: nothing.</summary>
    public int? ProxyStatus { get; init; }

    /// <summary>The server saw no token, though one was sent.</summary>
    public bool TokenMissing { get; init; }

    /// <summary>The problem in the server's own words.</summary>
    public string? Sentence { get; init; }
}

/// <summary>What the probes of the way to the server mean. Pure.</summary>
internal static class NetworkJudgement
{
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LargeSkew = TimeSpan.FromMinutes(5);
    private const string TakeAnother = $"set WORKER_TOKEN to a worker token: it begins with {TokenForm.Prefix}{TokenForm.WorkerKind}_";
    private const string GiveLogin =
        "put user and password into the proxy's address: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, or --proxy; "
            + "signs as in an address (@ is %40)";
    private const string TakeLargeBodies =
        "this worker sends less; for clients' files let the proxy take more (nginx: client_max_body_size 64m); docs/proxies.md";
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static Finding JudgeLookup(string host, int addresses, string? error) => addresses > 0
        ? Finding.Ok("dns", $"{host} has {CountedNoun.FormatCount(addresses, "address", "addresses")}")
        : Finding.Error("dns", $"{host} has no address: {error}", "check the name in WORKER_URL, and this PC's network or VPN");

    public static Finding JudgeConnect(string what, int port, TimeSpan? took, string? error, bool toProxy = false) => took is { } time
        ? Finding.Ok("tcp", FormatInvariant($"{what} takes connections at port {port}, after {time.TotalMilliseconds:0} ms"))
        : Finding.Error("tcp", FormatInvariant($"no connection to {what} at port {port}: {error}"), toProxy
            ? "is the proxy's address right (HTTPS_PROXY, HTTP_PROXY or --proxy)? Without it: NO_PROXY=HOST, with the host of WORKER_URL"
            : "is the server up, the port right, and no firewall in between? Where only a proxy leads outside, set HTTPS_PROXY or --proxy");

    public static Finding JudgeProxy(Uri gateway, string? proxy) => proxy is null
        ? Finding.Ok("proxy", "none")
        : gateway.Scheme == "http" && !gateway.IsLoopback
            ? Finding.Warning("proxy", $"{proxy} reads everything: the address is plain HTTP", "use https in WORKER_URL")
            : Finding.Ok("proxy", proxy);

    /// <summary>For an https address. Null: the handshake never came as far as a certificate.</summary>
    public static Finding JudgeTls(CertificateFacts? facts, DateTimeOffset now)
    {
        if (facts is null)
            return Finding.Error("tls", "no TLS handshake", "is this the port for https? A server for plain HTTP does not answer one");
        var until = FormatInvariant($"valid until {facts.Until:yyyy-MM-dd}, SHA-256 {facts.Sha256}");
        if (facts.Until <= now)
            return Finding.Error("tls", $"the certificate has run out: {until}",
                "renew it on the server; or this PC's clock is wrong, see clock");
        if (facts.From > now)
            return Finding.Error("tls", FormatInvariant($"the certificate is not valid before {facts.From:yyyy-MM-dd HH:mm}"),
                "this PC's clock is wrong, most likely");
        if (facts.Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return Finding.Error("tls", $"the certificate is for {facts.Names}",
                "log in where this network wants that; else use that name in WORKER_URL, or give the server a certificate for this one");
        }
        if (!facts.Trusted)
        {
            return Finding.Error("tls",
                $"nobody here trusts {facts.Issuer}{(facts.Chain is null ? "" : $" ({facts.Chain})")}; SHA-256 {facts.Sha256}",
                "log in where this network wants that; else compare the hash with the server's, "
                    + "then give its authority with --ca-file (OPENCLAW_CA_FILE)");
        }
        return facts.Until - now < Soon
            ? Finding.Warning("tls", $"the certificate runs out soon: {until}", "renew it on the server")
            : Finding.Ok("tls", $"{facts.Issuer}, {until}");
    }

    /// <summary>
    /// The proxy did not open the way to a server with https; <paramref name="status"/> is its answer, where it gave one.
    /// </summary>
    public static Finding JudgeMissingTunnel(Uri gateway, int? status, string why) => JudgeProxyLogin("tls", status) ?? Finding.Error(
        "tls", FormatInvariant($"the proxy opens no tunnel to {gateway.Host}, port {gateway.Port}: {why}"), status switch
        {
            403 or 405 when gateway.Port != 443 => "most proxies open one to port 443 only: serve there, or let the proxy allow this port",
            403 or 405 => "let the proxy allow this host",
            _ => "can the proxy reach the server? Look at its log",
        });

    public static Finding JudgePlainHttp(Uri gateway) => gateway.IsLoopback
        ? Finding.Ok("tls", "none is needed: the server is on this PC")
        : Finding.Warning("tls", "none: tasks and the token travel in the open", "use https in WORKER_URL, or a tunnel");

    /// <summary>The server's clock has whole seconds, and was read somewhere within the round trip.</summary>
    public static Finding JudgeClock(DateTimeOffset? server, DateTimeOffset asked, DateTimeOffset answered)
    {
        if (server is not { } there)
            return Finding.Warning("clock", "the server did not say what time it is", "nothing, if a proxy leaves the Date header out");
        var off = answered < there ? there - answered : asked > there + TimeSpan.FromSeconds(1) ? asked - there : TimeSpan.Zero;
        var route = answered < there ? "behind" : "ahead of";
        var found = FormatInvariant($"this PC is {off.TotalSeconds:0} s {route} the server");
        return off > LargeSkew
            ? Finding.Error("clock", found, "set the clock: certificates and signatures are judged by it (timedatectl set-ntp true)")
            : off > SmallSkew
                ? Finding.Warning("clock", found, "let it be set from the network; the worker's own waiting does not depend on it")
                : Finding.Ok("clock", "agrees with the server's");
    }

    /// <summary>The probe polls with a session nobody has: a server that takes the token says that it does not know the session.</summary>
    public static Finding JudgeToken(AnswerFacts facts, string token)
    {
        if (facts is { Status: 409, ProblemType: ProblemTypes.SessionSuperseded })
            return Finding.Ok("token", "the server takes it");
        if (JudgeTokenText(token) is { } error) return Finding.Error("token", error.Found, error.Do);
        if (facts.NoAnswer is { } why) return Finding.Error("token", $"not tried: {why}", "see the lines above");
        return facts.ProblemType is null ? JudgeForeignAnswer(facts.Status) : facts.Status switch
        {
            404 => Finding.Error("token", "not tried: an OpenClaw server answered that it has no such route",
                "check the path in WORKER_URL; a proxy that serves a part of its paths to OpenClaw has to take that part away"),
            401 when facts.TokenMissing => Finding.Error("token", "it was sent, and the server saw none: "
                + "something in between takes it away",
                "let the proxy pass the header Authorization on (Squid as accelerator: login=PASSTHRU at cache_peer); docs/proxies.md"),
            401 when TokenForm.JudgeText(token) == TokenJudgement.OfAnyForm => Finding.Error("token", "the server does not take it",
                "a worker token begins with ocl_wrk_; only the server's own WORKER_TOKEN, where it has one, may look otherwise"),
            401 => Finding.Error("token", "it is well-formed, and the server does not take it",
                "it is of another server, was revoked or has run out: take the worker token of this one (the line worker= of the file "
                + "tokens in its data folder; of a cluster, .env), or correct WORKER_URL"),
            403 => Finding.Error("token", "the server takes it, but not for a worker", TakeAnother),
            429 => Finding.Warning("token", "not tried: the server wants a pause", "try again in a minute"),
            >= 500 => Finding.Error("token", FormatInvariant($"not tried: the server answered {facts.Status}"), "look at the server's log"),
            _ => Finding.Error(
                "token", FormatInvariant($"not tried: the server answered {facts.Status}, {facts.ProblemType}"),
                "is this worker older than the server?"),
        };
    }

    /// <summary>The same of a PC that has joined, by what the server says to a signature of its key (<see cref="KeyProbe"/>).</summary>
    public static Finding JudgeKey(AnswerFacts facts, string identity) => facts switch
    {
        { NoAnswer: not null } => JudgeToken(facts, ""),
        { Status: 400, ProblemType: ProblemTypes.Invalid } =>
            Finding.Ok("token", $"none is needed: the server knows this PC's key {identity}"),
        { ProblemType: ProblemTypes.WorkerRevoked } => Finding.Error("token",
            $"{facts.Sentence?.TrimEnd('.')}", "ask whoever revoked it for an invitation, then join anew (openclaw-worker join)"),
        { ProblemType: ProblemTypes.OtherMachine } => Finding.Error("token",
            $"{facts.Sentence?.TrimEnd('.')}", "openclaw-worker claim makes this home the PC's own; then join with an invitation"),
        { Status: 401 } => Finding.Error("token", $"the server does not know this PC's key {identity}",
            "it is another server, or one whose database was set back: correct WORKER_URL, or join anew with an invitation"),
        _ => Finding.Warning(
            "token", FormatInvariant($"whether the server knows this PC's key could not be told: it answered {facts.Status}"),
            "try again in a minute; if it stays, look at the server's log"),
    };

    /// <summary>A body of 2 MiB was sent that changes nothing: whatever the server says of it, it came through.</summary>
    public static Finding JudgeBodies(AnswerFacts facts) => facts switch
    {
        { ProblemType: not null } => Finding.Ok("bodies", "2 MiB come through"),
        { Status: { } status } => Finding.Warning(
            "bodies", FormatInvariant($"something in between takes no body of 2 MiB: it answered {status}"), TakeLargeBodies),
        _ => Finding.Warning("bodies", $"no answer to a body of 2 MiB: {facts.NoAnswer}", TakeLargeBodies),
    };

    /// <summary>What is wrong with a token by its text alone, and what to do; null: nothing that can be seen.</summary>
    public static (string Found, string Do)? JudgeTokenText(string token) => TokenForm.JudgeText(token) switch
    {
        TokenJudgement.NotWhole => ("it is not one whole token",
            FormatInvariant(
                $"copy it again: {TokenForm.Length} characters from {TokenForm.Prefix} to its end, with nothing before or behind")),
        TokenJudgement.Mistyped => ("it has a typing error: its checksum does not fit", "copy it again, don't type it"),
        TokenJudgement.Client => ("it is a client's token", TakeAnother),
        TokenJudgement.Admin => ("it is an admin's token", TakeAnother),
        TokenJudgement.Join => ("it is a join token, which is traded once", "openclaw-worker join URL; no WORKER_TOKEN from then on"),
        _ => null,
    };

    /// <summary>Null for any other answer. tinyproxy answers CONNECT with 401 when the password is wrong.</summary>
    private static Finding? JudgeProxyLogin(string check, int? status) => status switch
    {
        407 => Finding.Error(check, "the proxy wants to know who you are (407)", GiveLogin),
        401 => Finding.Error(check, "the proxy does not take this user and password (401)", GiveLogin),
        _ => null,
    };

    /// <summary>A page of something in between proves nothing about the token.</summary>
    private static Finding JudgeForeignAnswer(int? status) => status switch
    {
        407 => JudgeProxyLogin("token", status)!,
        502 or 503 or 504 =>
            Finding.Error("token", FormatInvariant($"not tried: something in between answered {status}: it can't reach the server"),
            "is the server up? Look at the proxy's log"),
        _ => Finding.Error("token", FormatInvariant($"not tried: something that is no OpenClaw gateway answered ({status})"),
            "check WORKER_URL: host, port and the path before /worker/poll; log in where this network wants that"),
    };

    private static string FormatInvariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
