using System.Security.Cryptography;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Security.Enrolment;

/// <summary>A PC that joins, with a key of its own, by hand.</summary>
internal sealed class EnrolledPc(LiveGateway gateway, string name) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Name => name;
    public string Machine { get; init; } = new('a', 64);
    public string Instance { get; init; } = "instance-of-" + name;
    public string[] Kinds { get; set; } = ["command"];
    public EnrolledWorker Worker { get; private set; } = null!;

    public static async Task<string> Invite(LiveGateway gateway, MakeInvite? invite = null)
    {
        var made = await new InvitesClient(gateway.Admin).MakeInvite(invite ?? new MakeInvite());
        Assert.True(made.IsOk, made.Why);
        return made.Value!.JoinToken;
    }

    /// <summary>One that has joined by an invitation of its own.</summary>
    public static async Task<EnrolledPc> Join(LiveGateway gateway, MakeInvite? invite = null)
    {
        var pc = new EnrolledPc(gateway, invite?.Worker ?? SessionWorker.NewName());
        var joined = await pc.TryJoin(await Invite(gateway, invite));
        Assert.True(joined.IsOk, joined.Why);
        return pc;
    }

    public EnrolWorker CreateRequest(string joinToken)
    {
        var enrol = new EnrolWorker
        {
            Name = name, PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), Signature = "", Machine = Machine,
            Instance = Instance, Kinds = Kinds,
        };
        return enrol with { Signature = KeySignature.Sign(key, KeySignature.FormatEnrolment(joinToken[8..18], enrol)) };
    }

    public async Task<Answer<EnrolledWorker>> TryJoin(string joinToken)
    {
        var joined = await Client.Enrol(joinToken, CreateRequest(joinToken));
        if (joined.Value is { } worker) Worker = worker;
        return joined;
    }

    public async Task<string> AskChallenge() => (await Client.AskChallenge(Worker.Identity)).Value!.Challenge;

    /// <summary>What comes behind the scheme; <paramref name="by"/>: another key than its own.</summary>
    public string Sign(string challenge, byte[] body, string route = Routes.Sessions, string? machine = null, ECDsa? by = null)
    {
        var text = KeySignature.FormatRequest(Worker.Server, route, Worker.Identity, machine ?? Machine, challenge, body);
        return $"{Worker.Identity}.{machine ?? Machine}.{challenge}.{KeySignature.Sign(by ?? key, text)}";
    }

    public OpenSession Describe() => new()
    {
        Name = name, Instance = Instance, Kinds = Kinds, Os = "linux", Arch = "x64", MaxConcurrent = 4,
    };

    public async Task<Answer<SessionOpened>> TryOpen(OpenSession? open = null, Func<string, byte[], string>? sign = null)
    {
        var challenge = await AskChallenge();
        return await Client.OpenSession(open ?? Describe(), body => sign?.Invoke(challenge, body) ?? Sign(challenge, body));
    }

    /// <summary>Opens a session; a client that has its secret.</summary>
    public async Task<(SessionOpened Session, HttpClient Http)> Open(OpenSession? open = null)
    {
        var opened = await TryOpen(open);
        Assert.True(opened.IsOk, opened.Why);
        return (opened.Value!, gateway.With(opened.Value!.Credential));
    }

    public async Task<Answer<EnrolledWorker>> Grant(params string[] kinds)
    {
        var challenge = await AskChallenge();
        return await Client.GrantKinds(new GrantKinds(kinds), body => Sign(challenge, body, Routes.GrantKinds));
    }

    public void Dispose() => key.Dispose();

    private EnrolmentClient Client => new(gateway.With(null));
}
