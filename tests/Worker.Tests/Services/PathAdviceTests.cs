using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Tests.Services;

/// <summary>What is told to somebody who types the name alone.</summary>
public sealed class PathAdviceTests
{
    private const string Folder = "/home/me/.local/bin";
    private const string Line = "export PATH=\"$HOME/.local/bin:$PATH\"";

    [Fact]
    public void Nothing_when_it_is_found_here_and_in_the_next_terminal() =>
        Assert.Empty(Advice($"/usr/bin:{Folder}", $"{Folder}:/usr/bin"));

    [Fact]
    public void A_login_that_has_it_leaves_only_this_terminal() => // As Debian's .profile does once the folder is there.
        Assert.Equal([$"a new terminal finds openclaw-worker; in this one: {Line}"], Advice("/usr/bin", $"{Folder}:/usr/bin"));

    [Theory]
    [InlineData("/bin/bash", "", ".profile")]
    [InlineData("/bin/bash", ".bash_profile", ".bash_profile")]
    [InlineData("/bin/bash", ".bash_login", ".bash_login")]
    [InlineData("/usr/bin/zsh", ".bash_profile", ".zshrc")]
    [InlineData("/bin/dash", "", ".profile")]
    public void The_file_is_the_one_this_shell_reads(string shell, string exists, string file) => Assert.Equal(
        [$"$HOME/.local/bin is not in PATH, so openclaw-worker alone is not found: echo '{Line}' >> ~/{file}",
            $"in this terminal as well: {Line}"],
        Advice("/usr/bin", "/usr/bin", shell, $"/home/me/{exists}"));

    [Fact]
    public void Fish_has_a_command_of_its_own() =>
        Assert.Contains("fish_add_path \"$HOME/.local/bin\"", Advice("/usr/bin", "/usr/bin", "/usr/bin/fish")[0], StringComparison.Ordinal);

    [Fact]
    public void A_terminal_that_has_it_by_itself_does_not_hide_that_the_next_one_has_not() =>
        Assert.Contains(">> ~/.profile", Assert.Single(Advice(Folder, "/usr/bin")), StringComparison.Ordinal);

    [Fact]
    public void A_login_shell_that_says_nothing_is_taken_for_this_one() => Assert.Empty(Advice(Folder, null));

    [Fact]
    public void Another_program_of_that_name_that_goes_before_is_named() => Assert.Contains(
        "openclaw-worker in this terminal is /usr/bin/openclaw-worker, not /home/me/.local/bin/openclaw-worker",
        Assert.Single(Advice($"/usr/bin:{Folder}", null, exists: "/usr/bin/openclaw-worker")), StringComparison.Ordinal);

    private static IReadOnlyList<string> Advice(string here, string? login, string shell = "/bin/bash", string exists = "") =>
        PathAdvice.GetSentences($"{Folder}/openclaw-worker", new SearchPath
        {
            Here = here, Login = login, Shell = shell, UserHome = "/home/me", Exists = file => file == exists,
        });
}
