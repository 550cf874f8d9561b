using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Tests.Masking;

public sealed class MaskingSinkTests : IDisposable
{
    private const string Secret = "hunter2-correct";
    private readonly FakeTimeProvider clock = new();
    private readonly PlainSink inner = new();
    private readonly AttemptMask mask = CreateMask();
    private readonly MaskingSink sink;
    private bool hasRoom = true;

    public MaskingSinkTests() => sink = new MaskingSink(inner, mask, clock, () => hasRoom);

    public void Dispose() => sink.Dispose();

    [Fact]
    public void Each_stream_is_masked_by_itself_and_with_its_times()
    {
        sink.Write(OutputStream.Stdout, "out hunter2"u8, TimeSpan.FromSeconds(1));
        sink.Write(OutputStream.Stderr, "-correct err\n"u8, TimeSpan.FromSeconds(2));
        sink.Write(OutputStream.Stdout, "-correct\n"u8, TimeSpan.FromSeconds(3));
        Assert.Equal("1 1:out |2 2:-correct err\n|1 3:***\n|", inner.Log);
    }

    [Fact]
    public void The_beginning_of_a_secret_is_given_after_a_second_when_it_is_short()
    {
        sink.Write(OutputStream.Stdout, "> h"u8);
        Assert.Equal("> ", inner.Text);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("> h", inner.Text);
        sink.Write(OutputStream.Stdout, "unt"u8);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("> h", inner.Text);
        sink.Write(OutputStream.Stdout, "er2-correct!"u8);
        Assert.Equal("> h**!", inner.Text);
    }

    [Fact]
    public void Where_a_write_would_wait_the_timer_does_not_but_comes_again()
    {
        hasRoom = false;
        sink.Write(OutputStream.Stdout, "h"u8);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", inner.Text);
        hasRoom = true;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("h", inner.Text);
    }

    [Fact]
    public void A_secret_that_a_cut_runs_through_shows_neither_end()
    {
        sink.Write(OutputStream.Stdout, "a hunter2-c"u8);
        sink.WriteCutMark(OutputStream.Stdout, 100, TimeSpan.Zero);
        sink.Write(OutputStream.Stdout, "-correct b"u8);
        Assert.StartsWith("a ***", inner.Text, StringComparison.Ordinal);
        Assert.EndsWith("*** b", inner.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Totals_are_of_what_was_given_and_a_digest_of_what_was_masked_is_left_out()
    {
        sink.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(Secret + "\n"));
        sink.Write(OutputStream.Stderr, "plain\n"u8);
        sink.ReportCut(new PrintedTotals(1000, 2000, "raw", "raw"));
        sink.Finish();
        Assert.Equal(new PrintedTotals(1000 - Secret.Length + 3, 2000, null, "raw"), inner.Totals);
    }

    [Fact]
    public void What_is_held_at_the_end_is_given()
    {
        sink.Write(OutputStream.Stdout, "so be it hunter"u8);
        sink.Finish();
        Assert.Equal("so be it hunter", inner.Text);
    }

    [Fact]
    public void A_variable_of_a_program_that_starts_later_is_masked_from_then_on()
    {
        sink.Write(OutputStream.Stdout, "later-secret-1 "u8);
        mask.AddVariables(new Dictionary<string, string> { ["LATER_PASSWORD"] = "later-secret-1", ["HOME"] = "/home/some/body" });
        sink.Write(OutputStream.Stdout, "later-secret-1 hunter2-correct /home/some/body"u8);
        Assert.Equal("later-secret-1 *** *** /home/some/body", inner.Text);
    }

    private static AttemptMask CreateMask()
    {
        var options = new WorkerOptions { Url = new Uri("http://localhost"), Token = Secret, Name = "pc", Home = "/nowhere" };
        var user = new UserEnvironment(
            new Dictionary<string, string>(), new UserAccount("ann", "/nowhere", "/bin/sh"),
            (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>?>(null));
        return new AttemptMask(new SecretSource(options, user), OwnerPolicy.None);
    }

    private sealed class PlainSink : IOutputSink
    {
        private readonly StringBuilder log = new();
        private readonly StringBuilder text = new();

        public string Log => log.ToString();

        public string Text => text.ToString();

        public PrintedTotals? Totals { get; private set; }

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => text.Append(Encoding.UTF8.GetString(bytes));

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed)
        {
            Write(stream, bytes);
            log.Append(CultureInfo.InvariantCulture, $"{(int)stream} {elapsed.TotalSeconds}:{Encoding.UTF8.GetString(bytes)}|");
        }

        public void ReportCut(PrintedTotals totals) => Totals = totals;
    }
}
