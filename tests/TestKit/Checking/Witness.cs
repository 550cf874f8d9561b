using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.TestKit.Checking;

/// <summary>
/// The commands' own account of what ran: each appends a line at its start and at its end, on disk before it goes on. A light worker that
/// lives in the tests' own process writes the same lines itself.
/// </summary>
public sealed class Witness : IDisposable
{
    private const string Script = """
        use strict; use IO::Handle; use Time::HiRes qw(time sleep); use Digest::SHA qw(sha256_hex);
        my ($file, $key, $seconds, $code) = @ARGV;
        my $said = "done $key\n";
        sub note {
          open(my $out, '>>', $file) or die; 
          syswrite($out, join(' ', $_[0], $key, $ENV{OPENCLAW_ATTEMPT} || 0, $$, int(time * 1000), $_[1], $_[2]) . "\n") or die;
          $out->sync or die;
        }
        note('start', -1, '-');
        sleep($seconds);
        note('end', $code, sha256_hex($said));
        print $said;
        exit $code;
        """;

    private readonly string _folder;
    private readonly BlockingCollection<(string Text, TaskCompletionSource Written)> _lines = [];
    private int _runs;

    public Witness(string folder)
    {
        _folder = folder;
        File.WriteAllText(Path.Combine(folder, "witness.pl"), Script);
        new Thread(WriteOwn) { IsBackground = true, Name = "witness" }.Start();
    }

    /// <summary>The command of a task: runs so long, ends with that code.</summary>
    public string Command(string key, double seconds, int exitCode) =>
        string.Create(CultureInfo.InvariantCulture, $"perl '{_folder}/witness.pl' '{_folder}/witness' {key} {seconds} {exitCode}");

    /// <summary>What such a command would do, for a worker that runs it without a process.</summary>
    public static (string Key, double Seconds, int ExitCode) Meaning(string command) =>
        command.Split(' ') is [.., var key, var seconds, var code]
            ? (key, double.Parse(seconds, CultureInfo.InvariantCulture), Number(code))
            : throw new FormatException(command);

    /// <summary>What a command prints that ran to its end.</summary>
    public static string Output(string key) => $"done {key}\n";

    public static string Digest(string output) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(output)));

    /// <summary>A run without a process: a number in place of its pid.</summary>
    public int NewRun() => Interlocked.Decrement(ref _runs);

    /// <summary>Appends a line; it is on disk when the task is done.</summary>
    public Task Append(WitnessLine line)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(line.IsStart ? "start" : "end")} {line.Key} {line.Attempt} {line.Pid} {line.At} {line.ExitCode} {line.Digest ?? "-"}\n");
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lines.Add((text, written));
        return written.Task;
    }

    public void Dispose() => _lines.CompleteAdding();

    /// <summary>One flush for all lines that wait: fifty commands a second must not wait for a hundred flushes.</summary>
    private void WriteOwn()
    {
        using var file = new FileStream(Path.Combine(_folder, "witness.own"), FileMode.Append, FileAccess.Write, FileShare.Read);
        foreach (var first in _lines.GetConsumingEnumerable())
        {
            List<(string Text, TaskCompletionSource Written)> batch = [first];
            while (_lines.TryTake(out var next)) batch.Add(next);
            foreach (var (text, _) in batch) file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
            foreach (var (_, written) in batch) written.SetResult();
        }
    }

    public IReadOnlyList<WitnessLine> Read() => [.. new[] { "witness", "witness.own" }.Select(f => Path.Combine(_folder, f)).Where(File.Exists)
        .SelectMany(ReadShared).Select(Parse)];

    private static List<string> ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static WitnessLine Parse(string line)
    {
        var parts = line.Split(' ');
        return new WitnessLine(
            parts[0] == "start", parts[1], Number(parts[2]), Number(parts[3]), long.Parse(parts[4], CultureInfo.InvariantCulture), Number(parts[5]),
            parts[6] == "-" ? null : parts[6]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
