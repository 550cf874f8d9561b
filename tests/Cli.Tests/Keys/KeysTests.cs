using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Protocol.Signing;

namespace OpenClaw.Cli.Tests.Keys;

public sealed class KeysTests
{
    [Fact]
    public async Task A_key_is_made_for_its_owners_eyes_and_shown_by_its_public_half()
    {
        using var terminal = new TestTerminal();
        var file = Path.Combine(Directory.CreateDirectory(Path.GetDirectoryName(terminal.SettingsPath)!).FullName, "laptop.key");

        var made = await terminal.Run("keys", "generate", file);

        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var key = SigningKey.FromPem(await File.ReadAllTextAsync(file));
        Assert.NotNull(key);
        Assert.Equal(key.PublicKey.Id, VerifyingKey.FromText(made.Out)?.Id);
        Assert.Contains(
            $"echo {key.PublicKey.ToBase64()} | openclaw-worker keys add - --name laptop{Environment.NewLine}", made.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", made.ToString(), StringComparison.Ordinal);
        Assert.Equal(made, await terminal.Run("keys", "show", file));
        Assert.StartsWith($"{{\"id\":\"{key.PublicKey.Id}\",\"publicKey\":\"-----BEGIN PUBLIC KEY-----",
            await terminal.Succeed("keys", "show", file, "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_never_overwritten()
    {
        using var terminal = new TestTerminal();
        var file = terminal.WriteFile("laptop.key", "precious");
        var link = file + ".link";
        File.CreateSymbolicLink(link, file + ".nowhere");

        Assert.Equal((ExitCodes.Usage, ""), Summarize(await terminal.Run("keys", "generate", file)));
        var linked = await terminal.Run("keys", "generate", link);

        Assert.True(linked is { ExitCode: not 0, Out: "" }, linked.ToString());
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
        Assert.False(File.Exists(file + ".nowhere"));
    }

    [Theory, InlineData(null), InlineData("no key"), InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task What_is_no_key_is_not_shown(string? content)
    {
        using var terminal = new TestTerminal();
        var file = content is null ? "/nothing/here" : terminal.WriteFile("some.key", content);
        Assert.Equal((ExitCodes.Usage, ""), Summarize(await terminal.Run("keys", "show", file)));
    }

    private static (int ExitCode, string Out) Summarize(CliRun run) => (run.ExitCode, run.Out);
}
