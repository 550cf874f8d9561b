using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using OpenClaw.Cluster;

namespace OpenClaw.Silo.Tests.Tls;

public sealed class ClusterTlsTests : IDisposable
{
    private readonly TestAuthority ours = new();
    private readonly TestAuthority theirs = new();

    [Theory, InlineData(1), InlineData(100_000)]
    public async Task Two_members_understand_each_other(int length)
    {
        var text = new string('x', length);

        Assert.Equal(text, await Wire.Echo(ours.Member().SecureInbound, ours.Member().SecureOutbound, text));
    }

    [Fact]
    public async Task A_certificate_with_its_key_may_be_one_file_of_either_form()
    {
        var (certificate, key) = ours.IssueFiles(TimeProvider.System.GetUtcNow().AddDays(1));
        var both = Path.Combine(ours.Folder, "both.pem");
        await File.WriteAllTextAsync(both, await File.ReadAllTextAsync(certificate) + '\n' + await File.ReadAllTextAsync(key));
        var pem = ClusterTls.Load(both, null, ours.AuthorityFile);
        var pfx = ClusterTls.Load(ours.IssuePfx(), null, ours.AuthorityFile);

        Assert.Equal("hello", await Wire.Echo(pem.SecureInbound, pfx.SecureOutbound, "hello"));
        Assert.Equal("hello", await Wire.Echo(pfx.SecureInbound, pem.SecureOutbound, "hello"));
    }

    [Fact]
    public async Task Plaintext_is_refused_by_who_accepts() => await Refused(ours.Member().SecureInbound, null);

    [Fact]
    public async Task Plaintext_is_refused_by_who_connects() => await Refused(null, ours.Member().SecureOutbound);

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_who_accepts() =>
        await Refused(ours.Member().SecureInbound, theirs.Stranger(trusted: ours).SecureOutbound);

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_by_who_connects() =>
        await Refused(theirs.Stranger(trusted: ours).SecureInbound, ours.Member().SecureOutbound);

    [Fact]
    public async Task An_expired_certificate_is_refused_by_who_accepts() =>
        await Refused(ours.Member().SecureInbound, ours.Expired().SecureOutbound);

    [Fact]
    public async Task An_expired_certificate_is_refused_by_who_connects() =>
        await Refused(ours.Expired().SecureInbound, ours.Member().SecureOutbound);

    [Fact]
    public async Task A_peer_that_shows_no_certificate_is_refused()
    {
        var answer = 0;
        await Record.ExceptionAsync(() => Wire.Join(ours.Member().SecureInbound, async client =>
        {
            await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await stream.AuthenticateAsClientAsync("");
            await stream.WriteAsync("hello"u8.ToArray());
            answer = await stream.ReadAsync(new byte[16]);
        }));

        Assert.Equal(0, answer);
    }

    [Fact]
    public void A_file_that_is_missing_or_is_something_else_is_said_by_its_name()
    {
        var (certificate, key) = ours.IssueFiles(TimeProvider.System.GetUtcNow().AddDays(1));
        var nothing = Path.Combine(ours.Folder, "nothing.pem");
        var other = theirs.IssueFiles(TimeProvider.System.GetUtcNow().AddDays(1));

        Assert.Contains(nothing, ReadError(nothing, key, ours.AuthorityFile), StringComparison.Ordinal);
        Assert.Contains(nothing, ReadError(certificate, nothing, ours.AuthorityFile), StringComparison.Ordinal);
        Assert.Contains(nothing, ReadError(certificate, key, nothing), StringComparison.Ordinal);
        Assert.Contains(certificate, ReadError(certificate, null, ours.AuthorityFile), StringComparison.Ordinal);
        Assert.Contains(certificate, ReadError(certificate, other.Key, ours.AuthorityFile), StringComparison.Ordinal);
        Assert.Contains(key, ReadError(certificate, key, key), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        ours.Dispose();
        theirs.Dispose();
    }

    private static string ReadError(string certificate, string? key, string authority) =>
        Assert.Throws<ClusterTlsException>(() => ClusterTls.Load(certificate, key, authority)).Message;

    private static async Task Refused(Action<IConnectionBuilder>? accepting, Action<IConnectionBuilder>? connecting)
    {
        var answer = "nothing";
        var error = await Record.ExceptionAsync(async () => answer = await Wire.Echo(accepting, connecting, "hello"));

        Assert.True(error is AuthenticationException or IOException || answer.Length == 0, $"{answer} {error}");
    }
}
