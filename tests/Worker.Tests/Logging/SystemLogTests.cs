using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Tests.Logging;

public sealed class SystemLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 3, 7, 5, 9, TimeSpan.Zero));

    private string Door => folder.File("log");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_session_start_and_end_is_one_datagram_with_ids_and_the_kind_alone()
    {
        using var syslog = Listen();
        var log = new WorkerLog(TextWriter.Null, clock, json: false, SystemLog.Open(Door, clock));
        log.Connected("studio", new Uri("https://claw.example"), "s-1", null);
        log.Started("t-1.1", "command");
        log.PollFailed("no answer", TimeSpan.FromSeconds(1));
        log.Ended("t-1.1", "succeeded", 12, TimeSpan.FromSeconds(2));
        var head = $"<14>Nov  3 07:05:09 openclaw-worker[{Environment.ProcessId}]: ";
        Assert.Equal(
        [
            head + "connected as studio to https://claw.example, session s-1", head + "attempt t-1.1 (command) started",
            head + "attempt t-1.1 succeeded after 2.0 s, 12 bytes of output",
        ], ReadAll(syslog));
    }

    [Fact]
    public void A_text_of_many_lines_is_one_line()
    {
        var line = new SystemLog(Door, clock).FormatLine("a\nb\u0007\u0085<1>" + new string('x', 5000));
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Contains("]: a?b??<1>xx", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 900, 1000);
    }

    [Fact]
    public void Where_nobody_listens_or_reads_nothing_waits_and_nothing_fails()
    {
        var log = new SystemLog(Door, clock);
        log.WriteLine("nobody is there");
        using var syslog = Listen();
        for (var i = 0; i < 2000; i++) log.WriteLine("it is full");
        Assert.NotEmpty(ReadAll(syslog));
    }

    [Theory]
    [InlineData("off", true, null), InlineData("auto", false, null), InlineData("auto", true, "/dev/log")]
    [InlineData("on", false, "/dev/log"), InlineData("/run/other", false, "/run/other")]
    public void A_service_writes_to_it_unless_it_is_told_otherwise(string setting, bool service, string? path) =>
        Assert.Equal((path, null), SystemLog.ChoosePath(setting, _ => service ? "8:1" : null));

    [Theory]
    [InlineData("yes"), InlineData("dev/log"), InlineData("ON")]
    public void Anything_else_is_an_error_that_names_the_setting(string setting) =>
        Assert.Contains("OPENCLAW_SYSTEM_LOG", SystemLog.ChoosePath(setting, _ => null).Error, StringComparison.Ordinal);

    private Socket Listen()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Door));
        socket.Blocking = false;
        return socket;
    }

    private static List<string> ReadAll(Socket socket)
    {
        var (lines, buffer) = (new List<string>(), new byte[4096]);
        while (socket.Available > 0) lines.Add(Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        return lines;
    }
}
