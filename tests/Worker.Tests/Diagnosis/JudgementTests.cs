using System.Net.Security;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Tests.Diagnosis;

/// <summary>What each probe means, on the bad cases above all.</summary>
public sealed class JudgementTests
{
    private const string Whole = "ocl_wrk_aaaaaaaaaa_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS57c46968";
    private const string ClientToken = "ocl_cli_aaaaaaaaaa_SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS2ca1c404";
    private static readonly InstalledService Installed = new("/u", "/h", "start it", "look there");
    private static readonly WorkerStatus Connected = new()
    {
        Pid = 7, Version = "1", Name = "pc", Home = "/h", Server = "http://s/", Session = "s", Slots = 1, Free = 1, Draining = false,
        Tasks = [], Spool = new(0, 0),
    };
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private static readonly CertificateFacts Good =
        new(SslPolicyErrors.None, true, "CN=ca", "claw.example", Now.AddDays(-10), Now.AddDays(80), "ab12");
    private static readonly Dictionary<string, string> Login = new() { ["PATH"] = "/usr/bin" };

    public static TheoryData<string, string, object> Cases => new()
    {
        { "Ok", "", NetworkJudgement.JudgeLookup("h", 2, null) },
        { "Error", "no address", NetworkJudgement.JudgeLookup("h", 0, "unknown") },
        { "Ok", "", NetworkJudgement.JudgeConnect("h", 443, TimeSpan.FromMilliseconds(3), null) },
        { "Error", "refused", NetworkJudgement.JudgeConnect("h", 443, null, "refused") },
        { "Ok", "none", NetworkJudgement.JudgeProxy(new("https://h"), null) },
        { "Ok", "", NetworkJudgement.JudgeProxy(new("https://h"), "http://p:1") },
        { "Warning", "reads everything", NetworkJudgement.JudgeProxy(new("http://h"), "http://p:1") },
        { "Ok", "", NetworkJudgement.JudgePlainHttp(new("http://127.0.0.1:3456")) },
        { "Warning", "in the open", NetworkJudgement.JudgePlainHttp(new("http://claw.example")) },
        { "Ok", "ab12", NetworkJudgement.JudgeTls(Good, Now) },
        { "Error", "no TLS handshake", NetworkJudgement.JudgeTls(null, Now) },
        { "Error", "has run out",
            NetworkJudgement.JudgeTls(Good with { Until = Now, Errors = SslPolicyErrors.RemoteCertificateChainErrors, Trusted = false },
                Now) },
        { "Error", "not valid before", NetworkJudgement.JudgeTls(Good with { From = Now.AddSeconds(1) }, Now) },
        { "Error", "is for claw.example",
            NetworkJudgement.JudgeTls(Good with { Errors = SslPolicyErrors.RemoteCertificateNameMismatch, Trusted = false }, Now) },
        { "Error", "nobody here trusts CN=ca",
            NetworkJudgement.JudgeTls(Good with { Errors = SslPolicyErrors.RemoteCertificateChainErrors, Trusted = false }, Now) },
        { "Ok", "", NetworkJudgement.JudgeTls(Good with { Errors = SslPolicyErrors.RemoteCertificateChainErrors }, Now) },
        { "Warning", "runs out soon", NetworkJudgement.JudgeTls(Good with { Until = Now.AddDays(3) }, Now) },
        { "Ok", "", NetworkJudgement.JudgeClock(Now, Now, Now) },
        { "Ok", "", NetworkJudgement.JudgeClock(Now, Now.AddSeconds(-4), Now.AddSeconds(2)) },
        { "Ok", "", NetworkJudgement.JudgeClock(Now, Now.AddSeconds(0.9), Now.AddSeconds(1)) },
        { "Warning", "30 s behind", NetworkJudgement.JudgeClock(Now.AddSeconds(30), Now, Now) },
        { "Warning", "30 s ahead of", NetworkJudgement.JudgeClock(Now.AddSeconds(-30), Now, Now) },
        { "Error", "3600 s behind", NetworkJudgement.JudgeClock(Now.AddHours(1), Now, Now) },
        { "Warning", "did not say", NetworkJudgement.JudgeClock(null, Now, Now) },
        { "Ok", "", Token(409, "urn:openclaw:session-superseded") },
        { "Error", "does not take it", Token(401, ProblemTypes.Unauthenticated) },
        { "Error", "not one whole token", NetworkJudgement.JudgeToken(new(401, ProblemTypes.Unauthenticated, null), Whole[..^1]) },
        { "Error", "not one whole token", NetworkJudgement.JudgeToken(new(null, null, null, "reset"), $"worker={Whole}") },
        { "Error", "typing error", NetworkJudgement.JudgeToken(new(429, ProblemTypes.TooManyRequests, null), Whole[..^1] + "9") },
        { "Error", "a client's", NetworkJudgement.JudgeToken(new(403, ProblemTypes.Forbidden, null), ClientToken) },
        { "Error", "not for a worker", NetworkJudgement.JudgeToken(new(403, ProblemTypes.Forbidden, null), Whole) },
        { "Ok", "takes it", NetworkJudgement.JudgeToken(new(409, "urn:openclaw:session-superseded", null), "of-any-form") },
        { "Error", "does not take it", NetworkJudgement.JudgeToken(new(401, ProblemTypes.Unauthenticated, null), "of-any-form") },
        { "Error", "the server saw none",
            NetworkJudgement.JudgeToken(new(401, ProblemTypes.Unauthenticated, null) { TokenMissing = true }, Whole) },
        { "Error", "no such route", Token(404, ProblemTypes.NotFound) },
        { "Warning", "a pause", Token(429, ProblemTypes.TooManyRequests) },
        { "Error", "the server answered 503", Token(503, ProblemTypes.Unavailable) },
        { "Error", "no OpenClaw gateway", Token(401) },
        { "Error", "no OpenClaw gateway", Token(403) },
        { "Error", "no OpenClaw gateway", Token(429) },
        { "Error", "the proxy wants", Token(407) },
        { "Error", "in between answered 502", Token(502) },
        { "Error", "no tunnel to h, port 8443: refused", NetworkJudgement.JudgeMissingTunnel(new("https://h:8443"), 403, "refused") },
        { "Error", "wants to know who you are", NetworkJudgement.JudgeMissingTunnel(new("https://h:8443"), 407, "refused") },
        { "Error", "this user and password", NetworkJudgement.JudgeMissingTunnel(new("https://h:8443"), 401, "refused") },
        { "Error", "no connection to the proxy p at port 1: refused",
            NetworkJudgement.JudgeConnect("the proxy p", 1, null, "refused", toProxy: true) },
        { "Error", "no OpenClaw gateway", Token(200) },
        { "Error", "no OpenClaw gateway", Token(404) },
        { "Error", "no OpenClaw gateway", Token(409) },
        { "Ok", "2 MiB come through", NetworkJudgement.JudgeBodies(new(404, ProblemTypes.NotFound, null)) },
        { "Warning", "it answered 413", NetworkJudgement.JudgeBodies(new(413, null, null)) },
        { "Warning", "it answered 500", NetworkJudgement.JudgeBodies(new(500, null, null)) },
        { "Warning", "no answer to a body of 2 MiB: reset", NetworkJudgement.JudgeBodies(new(null, null, null, "reset")) },
        { "Ok", "the server knows this PC's key 0123456789", Key(400, ProblemTypes.Invalid) },
        { "Error", "The key was revoked: sold", Key(403, ProblemTypes.WorkerRevoked) },
        { "Error", "The key was revoked: sold", Key(403, ProblemTypes.OtherMachine) },
        { "Error", "does not know this PC's key", Key(401, ProblemTypes.Unauthenticated) },
        { "Warning", "could not be told: it answered 503", Key(503, ProblemTypes.Unavailable) },
        { "Error", "not tried: reset", NetworkJudgement.JudgeKey(new(null, null, null, "reset"), "0123456789") },
        { "Error", "not tried: reset", NetworkJudgement.JudgeToken(new(null, null, null, "reset"), Whole) },
        { "Ok", "", LocalJudgement.JudgeSettings([], false) },
        { "Error", "one; two", LocalJudgement.JudgeSettings(["one", "two"], false) },
        { "Error", "one", LocalJudgement.JudgeSettings(["one"], true) },
        { "Error", "/h can't be looked at", LocalJudgement.JudgeHome("/h", new(false, false, false) { Closed = "/h can't be looked at" }) },
        { "Ok", "", LocalJudgement.JudgeHome("/h", new(true, true, false)) },
        { "Ok", "will be made", LocalJudgement.JudgeHome("/h", new(false, false, false)) },
        { "Error", "can't be written", LocalJudgement.JudgeHome("/h", new(true, false, false)) },
        { "Error", "odd", LocalJudgement.JudgeHome("/h", new(false, false, false, "odd")) },
        { "Error", "made on another PC", LocalJudgement.JudgeHome("/h", new(true, true, true) { Foreign = "was made on another PC" }) },
        { "Warning", "others", LocalJudgement.JudgeHome("/h", new(true, true, true)) },
        { "Ok", "2048 MiB", LocalJudgement.JudgeDisk(new(2L << 30, 9L << 30, 1_000_000)) },
        { "Warning", "500 MiB", LocalJudgement.JudgeDisk(new(500L << 20, 9L << 30)) },
        { "Error", "3 MiB", LocalJudgement.JudgeDisk(new(3L << 20, 9L << 30)) },
        { "Error", "no inodes", LocalJudgement.JudgeDisk(new(2L << 30, 9L << 30, 5)) },
        { "Warning", "5000 inodes", LocalJudgement.JudgeDisk(new(2L << 30, 9L << 30, 5000)) },
        { "Warning", "can't be determined", LocalJudgement.JudgeDisk(null) },
        { "Ok", "", LocalJudgement.JudgeShell("/bin/sh", true, Login) },
        { "Error", "is not there", LocalJudgement.JudgeShell("/bin/no", false, null) },
        { "Error", "took over 5 s, or its start-up files ended it", LocalJudgement.JudgeShell("/bin/sh", true, null) },
        { "Error", "gave no environment: why", LocalJudgement.JudgeShell("/bin/sh", true, null, failure: "why") },
        { "Ok", "1 folder more", LocalJudgement.JudgePath("/usr/bin", "/usr/bin:/opt/bin") },
        { "Warning", "/mine", LocalJudgement.JudgePath("/usr/bin:/mine", "/usr/bin") },
        { "Warning", "the daemon's", LocalJudgement.JudgePath("/usr/bin", null) },
        { "Ok", "logged in", LocalJudgement.JudgeClaude(new("/c", "2.0", true)) },
        { "Warning", "not found", LocalJudgement.JudgeClaude(new(null, null, null)) },
        { "Error", "no answer", LocalJudgement.JudgeClaude(new("/c", null, true)) },
        { "Error", "not logged in", LocalJudgement.JudgeClaude(new("/c", "2.0", false)) },
        { "Warning", "can't be told", LocalJudgement.JudgeClaude(new("/c", "2.0", null)) },
        { "Ok", "", LocalJudgement.JudgeKind("render", "/r", true) },
        { "Error", "not found", LocalJudgement.JudgeKind("render", "/r", false) },
        { "Ok", "all that you may", LocalJudgement.JudgePolicy(null, []) },
        { "Ok", "policy.json 0123", LocalJudgement.JudgePolicy("policy.json 0123", []) },
        { "Error", "kinds: must be a list", LocalJudgement.JudgePolicy(null, ["kinds: must be a list"]) },
        { "Ok", "works", LocalJudgement.JudgeSandbox(true, true, true, true) },
        { "Ok", "", LocalJudgement.JudgeSandbox(false, false, false, false) },
        { "Ok", "not there", LocalJudgement.JudgeSandbox(false, false, false, true) },
        { "Warning", "can't make", LocalJudgement.JudgeSandbox(false, true, false, true) },
        { "Error", "not there", LocalJudgement.JudgeSandbox(true, false, false, true) },
        { "Error", "can't make", LocalJudgement.JudgeSandbox(true, true, false, true) },
        { "Ok", "runs as process 7, connected to http://s/ as pc", Daemon(status: Connected) },
        { "Error", "NOT connected", Daemon(status: Connected with { Session = null }) },
        { "Error", "NOT connected to http://s/: no answer in time", Daemon(status: Connected with { Unanswered = "no answer in time" }) },
        { "Warning", "was replaced", Daemon(status: Connected with { Program = "its file was replaced" }) },
        { "Error", "is gone", Daemon(status: Connected with { Program = "its file is gone", StartsNoPrograms = true }) },
        { "Warning", "what is told above is about http://other/", Daemon(status: Connected, server: "http://other/") },
        { "Error", "holds it", Daemon(notAsked: "a daemon holds it") },
        { "Error", "installed (/u), and it does not run", Daemon(service: Installed) },
        { "Warning", "has its home in /var/lib/openclaw-worker", Daemon(other: Installed with { Home = "/var/lib/openclaw-worker" }) },
        { "Warning", "none runs in this home", Daemon(server: null) },
        { "Warning", "none is installed", Daemon() },
        { "Warning", "no service can be: no systemd", Daemon(rejection: new ServiceRejection("no systemd", "install --no-service")) },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Each_is_graded_and_what_is_not_well_comes_with_what_to_do(string grade, string found, object finding)
    {
        var judged = Assert.IsType<Finding>(finding);
        Assert.Equal(grade, judged.Grade.ToString());
        Assert.Contains(found, judged.Found, StringComparison.Ordinal);
        Assert.Equal(judged.Grade == Grade.Ok, judged.Do is null);
    }

    [Fact]
    public void What_is_told_to_type_can_be_pasted()
    {
        var user = Installed with { Start = "systemctl --user start x", Log = "journalctl --user -u x" };
        Assert.Equal("systemctl --user start x   (why it ended: journalctl --user -u x)", Daemon(service: user).Do);
        const string Set = "XDG_RUNTIME_DIR=/run/user/7";
        Assert.Equal($"{Set} systemctl --user start x   (why it ended: {Set} journalctl --user -u x)",
            Daemon(service: user, runtime: "/run/user/7").Do);
        Assert.Equal("sudo one; or two",
            Daemon(rejection: new ServiceRejection("no systemd", "sudo one    # it helps", "two # or: this")).Do);
    }

    [Theory]
    [InlineData("Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/vda 100 40 60 40% /", 60L)]
    [InlineData("Filesystem Inodes IUsed IFree IUse% Mounted on\nbtrfs 0 0 0 - /", null)]
    [InlineData("nonsense", null), InlineData("", null), InlineData(null, null), InlineData("a\nb % c", null)]
    public void Inodes_from_what_df_says(string? text, long? free) => Assert.Equal(free, LocalProbes.ParseFreeInodes(text));

    private static Finding Key(int status, string type) =>
        NetworkJudgement.JudgeKey(new(status, type, null) { Sentence = "The key was revoked: sold." }, "0123456789");

    private static Finding Token(int status, string? type = null) => NetworkJudgement.JudgeToken(new(status, type, null), Whole);

    private static Finding Daemon(
        WorkerStatus? status = null, string? notAsked = null, InstalledService? service = null, InstalledService? other = null,
        string? server = "http://s/",
        ServiceRejection? rejection = null, string? runtime = null) =>
        DaemonJudgement.Judge(new DaemonFacts
        {
            Status = status, NotAsked = notAsked, Service = service, Other = other, Server = server is null ? null : new Uri(server),
            Rejection = rejection, Runtime = runtime, Program = "./openclaw-worker",
        });
}
