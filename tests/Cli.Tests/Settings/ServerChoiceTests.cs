using OpenClaw.Cli.Settings;
using OpenClaw.Cli.Tests.Hosting;

namespace OpenClaw.Cli.Tests.Settings;

public sealed class ServerChoiceTests
{
    private const string Other = "any-other-token";

    private static readonly SavedSettings Saved = new SavedSettings()
        .WithContext("work", new() { Url = "https://work.example", Token = "token-of-work" })
        .WithContext("lab", new() { Url = "http://lab.example", Token = "token-of-lab", InsecureHttp = true })
        .WithContext("home", new() { Url = "http://127.0.0.1:3456", Token = "token-of-home" });

    private static readonly GivenSettings Nothing = new(null, null, null, null, false);

    [Fact]
    public void Without_a_word_it_is_the_current_context() => AssertChoice(Nothing, "http://127.0.0.1:3456/", "token-of-home", "home");

    [Fact]
    public void A_named_context_is_that_one() =>
        AssertChoice(Nothing with { Context = "work" }, "https://work.example/", "token-of-work", "work");

    [Fact]
    public void A_token_that_is_given_goes_before_the_kept_one() =>
        AssertChoice(Nothing with { Token = Other }, "http://127.0.0.1:3456/", Other, "home");

    [Fact]
    public void An_address_finds_the_context_of_that_server() =>
        AssertChoice(Nothing with { Url = new("https://work.example/") }, "https://work.example/", "token-of-work", "work");

    [Fact]
    public void An_address_and_a_token_need_no_context() =>
        AssertChoice(Nothing with { Url = new("https://new.example"), Token = Other }, "https://new.example/", Other, null);

    [Fact]
    public void A_kept_token_goes_to_no_other_server() => AssertError(Nothing with { Url = new("https://evil.example") },
        ExitCodes.NotAllowed, "not logged in to https://evil.example/: openclaw login https://evil.example/, or set OPENCLAW_TOKEN");

    [Theory, InlineData("https://work.example:444"), InlineData("http://work.example"), InlineData("https://work.example/elsewhere")]
    public void Another_port_scheme_or_path_is_another_server(string url) =>
        Assert.Equal(ExitCodes.NotAllowed, ServerChoice.Choose(Nothing with { Url = new(url) }, Saved).Error!.ExitCode);

    [Fact]
    public void A_context_that_is_not_there_is_told() => AssertError(Nothing with { Context = "beach" },
        ExitCodes.Usage, "there is no context beach; openclaw contexts list shows those there are");

    [Fact]
    public void Who_is_not_logged_in_is_told_how()
    {
        var error = ServerChoice.Choose(Nothing, new SavedSettings()).Error!;
        Assert.Equal((ExitCodes.NotAllowed, "not logged in: openclaw login URL, or set OPENCLAW_URL and OPENCLAW_TOKEN"),
            (error.ExitCode, error.Sentence));
    }

    [Fact]
    public void A_token_goes_in_plain_text_to_this_machine_alone()
    {
        var plain = Nothing with { Url = new("http://new.example"), Token = Other };

        Assert.Equal(ExitCodes.Usage, ServerChoice.Choose(plain, Saved).Error!.ExitCode);
        AssertChoice(plain with { InsecureHttp = true }, "http://new.example/", Other, null);
        AssertChoice(Nothing with { Context = "lab" }, "http://lab.example/", "token-of-lab", "lab");
        AssertChoice(plain with { Url = new("http://localhost:1") }, "http://localhost:1/", Other, null);
    }

    [Theory, InlineData(""), InlineData("two words"), InlineData("ocl_cli_short"), InlineData("ümlaut")]
    public void A_token_that_can_be_none_is_not_sent(string token)
    {
        var error = ServerChoice.Choose(Nothing with { Token = token }, Saved).Error!;
        Assert.Equal(ExitCodes.NotAllowed, error.ExitCode);
        if (token.Length > 0) Assert.DoesNotContain(token, error.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_win_over_variables_and_those_over_the_settings()
    {
        await using var first = await Answers.StartGateway(Answers.Caller);
        await using var second = await Answers.StartGateway(Answers.Caller);
        using var terminal = new TestTerminal { Typed = Answers.Token };
        await terminal.Succeed("login", first.Url.ToString(), "--name", "first");
        terminal.Variables["OPENCLAW_URL"] = second.Url.ToString();
        terminal.Variables["OPENCLAW_TOKEN"] = Other;

        await terminal.Succeed("status");
        Assert.Equal((1, 1), (first.Calls.Count, second.Calls.Count));
        await terminal.Succeed("status", "--context", "first");
        Assert.Equal((2, 1), (first.Calls.Count, second.Calls.Count));
        await terminal.Succeed("status", "--url", first.Url.ToString(), "--token-file", terminal.WriteFile("token", Answers.Token + "\n"));
        Assert.Equal((3, 1), (first.Calls.Count, second.Calls.Count));
    }

    private static void AssertChoice(GivenSettings given, string url, string token, string? context)
    {
        var (choice, error) = ServerChoice.Choose(given, Saved);
        Assert.True(choice is not null, error?.Sentence);
        Assert.Equal((url, token, context), (choice.Url.ToString(), choice.Token, choice.Context));
    }

    private static void AssertError(GivenSettings given, int exitCode, string sentence)
    {
        var error = ServerChoice.Choose(given, Saved).Error!;
        Assert.Equal((exitCode, sentence), (error.ExitCode, error.Sentence));
    }
}
