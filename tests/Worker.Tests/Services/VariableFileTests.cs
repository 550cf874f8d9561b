using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Tests.Services;

public sealed class VariableFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-variables-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("plain"), InlineData("with spaces  "), InlineData("quote \" and \\ slash"), InlineData("#x=y")]
    [InlineData("日本"), InlineData("\\")]
    public void What_was_written_is_read(string value)
    {
        var (variables, errors) = VariableFile.Parse("f",
            VariableFile.FormatLines(new Dictionary<string, string> { ["WORKER_NAME"] = value, ["WORKER_TOKEN"] = "t" }));
        Assert.Empty(errors);
        Assert.Equal((value, "t"), (variables["WORKER_NAME"], variables["WORKER_TOKEN"]));
    }

    [Fact]
    public void Comments_and_empty_lines_are_none()
    {
        var (variables, errors) = VariableFile.Parse("f", "# a comment\n\n  WORKER_NAME=pc  \r\n");
        Assert.Empty(errors);
        Assert.Equal("pc", variables["WORKER_NAME"]);
    }

    [Theory]
    [InlineData("LD_PRELOAD=/x"), InlineData("nonsense secret"), InlineData("=secret")]
    [InlineData("WORKER_TOKEN=\"secret"), InlineData("WORKER_TOKEN=\"secret\" x")]
    [InlineData("WORKER_NAME=a\nWORKER_NAME=b")]
    public void Faults_name_the_line_and_never_what_is_on_it(string text)
    {
        var (variables, errors) = VariableFile.Parse("f", text);
        Assert.Empty(variables);
        var error = Assert.Single(errors);
        Assert.Contains("line ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory, InlineData(UnixFileMode.GroupRead), InlineData(UnixFileMode.OtherRead), InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_touch_is_not_taken(UnixFileMode also)
    {
        var path = Path.Combine(folder.FullName, VariableFile.Name);
        File.WriteAllText(path, "WORKER_TOKEN=t\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | also);
        Assert.Contains("chmod 600", Assert.Single(VariableFile.Load(folder.FullName).Errors), StringComparison.Ordinal);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("t", VariableFile.Load(folder.FullName).Variables["WORKER_TOKEN"]);
    }

    [Fact]
    public void No_file_is_no_variables() =>
        Assert.Equal((0, 0), (VariableFile.Load("/nonexistent").Variables.Count, VariableFile.Load("/nonexistent").Errors.Count));
}
