using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Signing;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Signing;

public sealed class KeysVerbTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-keys-");
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly TypedTerminal terminal;

    public KeysVerbTests() => terminal = new TypedTerminal { Clock = clock };

    private string Home => Path.Combine(folder.FullName, "home");

    [Fact]
    public async Task Keys_are_added_listed_and_removed()
    {
        var (file, id) = WriteKey("a.pem");
        Assert.Equal(VerbExit.Done, await Type("keys", "add", file, "--name", "laptop", "--for", "90d"));
        Assert.Contains($"laptop ({id[..12]}) is trusted until 2027-02-28T12:00:00Z", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("does not look at signatures yet", terminal.Out, StringComparison.Ordinal);
        await Type("keys", "list");
        Assert.Contains(
            $"laptop               {id[..16]}  tenant default  until 2027-02-28T12:00:00Z", terminal.Out, StringComparison.Ordinal);
        await Type("keys", "list", "--json");
        Assert.Contains($$"""{"id":"{{id}}","name":"laptop","tenant":"default",""", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Done, await Type("keys", "remove", id[..8]));
        await Type("keys", "list");
        Assert.Contains("no key is trusted", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_key_is_shown_as_such_and_added_again_is_trusted_on()
    {
        var (file, _) = WriteKey("a.pem");
        await Type("keys", "add", file, "--name", "laptop", "--tenant", "acme", "--for", "90d");
        clock.Advance(TimeSpan.FromDays(91));
        await Type("keys", "list");
        Assert.Contains("EXPIRED 2027-02-28T12:00:00Z", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Done, await Type("keys", "add", file, "--for", "30d"));
        await Type("keys", "list");
        Assert.Contains("tenant acme  until 2027-03-31T12:00:00Z", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_signer_stays_while_signatures_are_required()
    {
        var ((first, _), (second, _)) = (WriteKey("a.pem"), WriteKey("b.pem"));
        await Type("keys", "add", first, "--name", "laptop");
        await Type("keys", "add", second, "--name", "phone", "--for", "1d");
        File.WriteAllText(Path.Combine(Home, "policy.json"), """{"signatures":"require"}""");
        clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(VerbExit.No, await Type("keys", "remove", "laptop"));
        Assert.Contains("nothing could run here", terminal.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Home, "policy.json"), """{"signatures":"never"}""");
        Assert.Equal(VerbExit.No, await Type("keys", "remove", "laptop"));
        File.WriteAllText(Path.Combine(Home, "policy.json"), """{"signatures":"warn"}""");
        Assert.Equal(VerbExit.Done, await Type("keys", "remove", "laptop"));
    }

    [Fact]
    public async Task What_is_no_key_is_refused_and_nothing_is_changed()
    {
        var (file, _) = WriteKey("a.pem");
        using var secret = SigningKey.Generate();
        File.WriteAllText(Path.Combine(folder.FullName, "secret.pem"), secret.ToPem());
        Assert.Equal(VerbExit.No, await Type("keys", "add", Path.Combine(folder.FullName, "secret.pem"), "--name", "laptop"));
        Assert.Equal(VerbExit.No, await Type("keys", "add", file));
        Assert.Equal(VerbExit.No, await Type("keys", "add", file, "--name", "laptop", "--for", "90000d"));
        Assert.Equal(VerbExit.No, await Type("keys", "add", Path.Combine(folder.FullName, "none.pem"), "--name", "laptop"));
        Assert.Equal(VerbExit.No, await Type("keys", "remove", "laptop"));
        terminal.Variables["OPENCLAW_TASK_ID"] = "some-task";
        Assert.Equal(VerbExit.No, await Type("keys", "add", file, "--name", "laptop"));
        Assert.Contains("the task some-task asks", terminal.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Home, TrustedKeys.FileName)));
    }

    [Theory]
    [InlineData("""{"keys":[{"name":"a b","publicKey":"x","expiresAt":"soon"}]}""", 3)]
    [InlineData("""{"keys":{}}""", 1), InlineData("{", 1), InlineData("""{"kees":[]}""", 1)]
    public void A_file_with_errors_trusts_nobody_and_names_them(string json, int errors)
    {
        var (keys, found) = TrustedKeys.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Empty(keys);
        Assert.Equal(errors, found.Count);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private Task<int> Type(params string[] words) => terminal.Type([.. words, "--home", Home]);

    private (string File, string Id) WriteKey(string name)
    {
        using var key = SigningKey.Generate();
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, key.PublicKey.ToPem());
        return (path, key.PublicKey.Id);
    }
}
