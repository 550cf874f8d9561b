using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
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
        my ($file, $key, $seconds, $code, $size) = @ARGV;
        my $said = "done $key\n";
        $said = substr(join('', map { sprintf("%s %07d %s\n", $key, $_, 'x' x 40) } 0 .. $size / 48), 0, $size) if defined $size;
        my $pieces = defined $size ? 8 : 0;
        $| = 1;
        sub note {
          open(my $out, '>>', $file) or die; 
          syswrite($out, join(' ', $_[0], $key, $ENV{OPENCLAW_ATTEMPT} || 0, $$, int(time * 1000), $_[1], $_[2]) . "\n") or die;
          $out->sync or die;
        }
        note('start', -1, '-');
        for my $piece (0 .. $pieces - 1) {
          my $from = int(length($said) * $piece / $pieces);
          print substr($said, $from, int(length($said) * ($piece + 1) / $pieces) - $from) or die;
          sleep($seconds / $pieces);
        }
        sleep($seconds) unless $pieces;
        note('end', $code, sha256_hex($said));
        print $said unless $pieces;
        exit $code;
        """;

    private const int LongOutput = 200;
    private const string FoldMark = "characters and sha256:";
    private readonly string folder;
    private readonly BlockingCollection<(string Text, TaskCompletionSource Written)> lines = [];
    private int runs;

    public Witness(string folder)
    {
        this.folder = folder;
        File.WriteAllText(Path.Combine(folder, "witness.pl"), Script);
        new Thread(WriteOwn) { IsBackground = true, Name = "witness" }.Start();
    }

    /// <summary>The command of a task: runs so long, ends with that code.</summary>
    public string Command(string key, double seconds, int exitCode) =>
        string.Create(CultureInfo.InvariantCulture, $"perl '{this.folder}/witness.pl' '{this.folder}/witness' {key} {seconds} {exitCode}");

    /// <summary>The same, but it prints so many bytes, in eight pieces over its time.</summary>
    public string Command(string key, double seconds, int exitCode, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"{Command(key, seconds, exitCode)} {size}");

    /// <summary>What such a command would do, for a worker that runs it without a process.</summary>
    public static (string Key, double Seconds, int ExitCode) Meaning(string command) =>
        command.Split(' ') is [_, _, _, var key, var seconds, var code, ..]
            ? (key, double.Parse(seconds, CultureInfo.InvariantCulture), Number(code))
            : throw new FormatException(command);

    /// <summary>What a command prints that ran to its end.</summary>
    public static string Output(string key) => $"done {key}\n";

    /// <summary>What a command prints that was told how many bytes to print.</summary>
    public static string Output(string key, int size)
    {
        var text = new StringBuilder();
        for (var line = 0; text.Length < size; line++)
            text.Append(CultureInfo.InvariantCulture, $"{key} {line:D7} {new string('x', 40)}\n");
        return text.ToString(0, size);
    }

    /// <summary>What a task's command prints that runs to its end.</summary>
    public static string Output(Accepted task) => task.OutputSize is { } size ? Output(task.Key, size) : Output(task.Key);

    /// <summary>An output as the evidence keeps it: one that is long, by its length and digest, for there are many reads of it.</summary>
    [return: NotNullIfNotNull(nameof(output))]
    public static string? Folded(string? output) => output is { Length: > LongOutput }
        ? string.Create(CultureInfo.InvariantCulture, $"{FoldMark} {output.Length} {Digest(output)}")
        : output;

    /// <summary>The digest of an output that may have been folded.</summary>
    public static string DigestOfFolded(string output) =>
        output.StartsWith(FoldMark, StringComparison.Ordinal) ? output[(output.LastIndexOf(' ') + 1)..] : Digest(output);

    public static string Digest(string output) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(output)));

    /// <summary>A run without a process: a number in place of its pid.</summary>
    public int NewRun() => Interlocked.Decrement(ref runs);

    /// <summary>Appends a line; it is on disk when the task is done.</summary>
    public Task Append(WitnessLine line)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{(line.IsStart ? "start" : "end")} {line.Key} {line.Attempt} {line.Pid} {line.At} {line.ExitCode} {line.Digest ?? "-"}\n");
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lines.Add((text, written));
        return written.Task;
    }

    public void Dispose() => lines.CompleteAdding();

    /// <summary>One flush for all lines that wait: fifty commands a second must not wait for a hundred flushes.</summary>
    private void WriteOwn()
    {
        using var file = new FileStream(Path.Combine(this.folder, "witness.own"), FileMode.Append, FileAccess.Write, FileShare.Read);
        foreach (var first in lines.GetConsumingEnumerable())
        {
            List<(string Text, TaskCompletionSource Written)> batch = [first];
            while (lines.TryTake(out var next)) batch.Add(next);
            foreach (var (text, _) in batch) file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
            foreach (var (_, written) in batch) written.SetResult();
        }
    }

    public IReadOnlyList<WitnessLine> Read() =>
        [.. new[] { "witness", "witness.own" }.Select(f => Path.Combine(this.folder, f)).Where(File.Exists)
            .SelectMany(ReadShared).Select(Parse)];

    private static List<string> ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        // Of a command that runs, the last line may be half written.
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static WitnessLine Parse(string line)
    {
        var parts = line.Split(' ');
        return new WitnessLine(
            parts[0] == "start", parts[1], Number(parts[2]), Number(parts[3]), long.Parse(parts[4], CultureInfo.InvariantCulture),
            Number(parts[5]), parts[6] == "-" ? null : parts[6]);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
