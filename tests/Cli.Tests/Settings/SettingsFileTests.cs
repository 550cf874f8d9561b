using OpenClaw.Cli.Settings;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cli.Tests.Settings;

public sealed class SettingsFileTests
{
    private static readonly SavedContext Context = new() { Url = "https://claw.example", Token = Answers.Token, Ca = "PEM" };

    [Fact]
    public void What_is_saved_is_loaded()
    {
        using var folder = new TemporaryFolder();
        var file = new SettingsFile(folder.File("openclaw/contexts.json"));

        Assert.Empty(file.Load().Settings!.Contexts);
        file.Save(new SavedSettings().WithContext("home", Context));
        file.Save(file.Load().Settings!.WithContext("work", Context with { Url = "https://other.example" }));

        var loaded = file.Load().Settings!;
        Assert.Equal(("work", 2), (loaded.Current, loaded.Contexts.Count));
        Assert.Equal(Context, loaded.Contexts["home"]);
        Assert.Null(loaded.WithoutContext("work").Current);
        Assert.Equal("work", loaded.WithoutContext("home").Current);
        Assert.Single(Directory.GetFiles(folder.File("openclaw")));
    }

    [Fact]
    public void The_file_and_its_folder_are_for_their_owner_alone()
    {
        using var folder = new TemporaryFolder();
        var file = new SettingsFile(folder.File("openclaw/contexts.json"));
        file.Save(new SavedSettings().WithContext("home", Context));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder.File("openclaw")));
    }

    [Fact]
    public void A_file_that_others_can_read_is_not_used()
    {
        using var folder = new TemporaryFolder();
        var file = new SettingsFile(folder.File("contexts.json"));
        file.Save(new SavedSettings().WithContext("home", Context));
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var (settings, error) = file.Load();

        Assert.Null(settings);
        Assert.Equal($"{file.Path} has tokens in it and others can read it: chmod 600 {file.Path}", error!.Sentence);
    }

    [Fact]
    public void A_broken_file_is_told_with_its_line_and_nothing_of_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("contexts.json"), $"{{\n\"contexts\": {Answers.Token}");
        File.SetUnixFileMode(folder.File("contexts.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var (_, error) = new SettingsFile(folder.File("contexts.json")).Load();

        Assert.Contains("(line 2)", error!.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("ocl_", error.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        using var folder = new TemporaryFolder();
        var real = new SettingsFile(folder.File("dotfiles/real.json"));
        real.Save(new SavedSettings());
        File.CreateSymbolicLink(folder.File("contexts.json"), real.Path);

        new SettingsFile(folder.File("contexts.json")).Save(new SavedSettings().WithContext("home", Context));

        Assert.Single(real.Load().Settings!.Contexts);
        Assert.NotNull(new FileInfo(folder.File("contexts.json")).LinkTarget);
    }

    [Fact]
    public void A_token_is_in_no_text_that_somebody_may_log() =>
        Assert.DoesNotContain("ocl_", $"{Context}{new GivenSettings(null, null, Answers.Token, null, false)}", StringComparison.Ordinal);
}
