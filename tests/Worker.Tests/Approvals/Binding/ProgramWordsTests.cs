using OpenClaw.Worker.Approvals.Binding;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

public sealed class ProgramWordsTests
{
    [Theory]
    [InlineData("git push", null, true)]
    [InlineData("/opt/tool/run x", null, true)]
    [InlineData("sh x.sh", "x.sh", true)]
    [InlineData("/bin/bash -eu x.sh -c", "x.sh", true)]
    [InlineData("bash -- x.sh", "x.sh", true)]
    [InlineData("python3.12 x.py --flag", "x.py", true)]
    [InlineData("node x.js", "x.js", true)]
    [InlineData("bash -c ls", null, false)]
    [InlineData("sh -ec ls", null, false)]
    [InlineData("bash", null, false)]
    [InlineData("bash -s x.sh", null, false)]
    [InlineData("bash -o pipefail x.sh", null, false)]
    [InlineData("bash --rcfile x y.sh", null, false)]
    [InlineData("python -c print()", null, false)]
    [InlineData("python3 -m http.server", null, false)]
    [InlineData("python3 -", null, false)]
    [InlineData("node -e 1", null, false)]
    [InlineData("node --require a.js b.js", null, false)]
    [InlineData("perl -pi -e s/a/b/ x", null, false)]
    [InlineData("env sh x.sh", null, false)]
    [InlineData("sudo id", null, false)]
    [InlineData("find . -exec rm {} ;", null, false)]
    public void What_the_words_of_a_program_say(string command, string? script, bool known)
    {
        var words = ProgramWords.FromCommand(command.Split(' '), null);
        Assert.Equal((script, known), (words.Script, words.Unbound is null));
    }

    [Fact]
    public void A_text_for_a_shell_says_nothing() => Assert.NotNull(ProgramWords.FromCommand(null, "git push").Unbound);
}
