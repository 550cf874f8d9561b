using System.Globalization;

namespace OpenClaw.TestKit.Checking;

/// <summary>The commands' own account of what ran: each appends a line at its start and at its end, on disk before it goes on.</summary>
public sealed class Witness
{
    private const string Script = """
        KEY=$1
        note() {
          now=$(date +%s%3N | sed 's/3N$/999/')
          printf '%s %s %s %s %s %s\n' "$1" "$KEY" "${OPENCLAW_ATTEMPT:-0}" "$$" "$now" "$2" |
            dd of="$(dirname "$0")/witness" oflag=append conv=notrunc,fsync 2>/dev/null
        }
        note start -1
        sleep "$2"
        note end "$3"
        echo "done $KEY"
        exit "$3"
        """;

    private readonly string _folder;

    public Witness(string folder)
    {
        _folder = folder;
        File.WriteAllText(Path.Combine(folder, "witness.sh"), Script);
    }

    /// <summary>The command of a task: runs so long, ends with that code.</summary>
    public string Command(string key, double seconds, int exitCode) =>
        string.Create(CultureInfo.InvariantCulture, $"sh '{_folder}/witness.sh' {key} {seconds} {exitCode}");

    /// <summary>What a command prints that ran to its end.</summary>
    public static string Output(string key) => $"done {key}\n";

    public IReadOnlyList<WitnessLine> Read()
    {
        var file = Path.Combine(_folder, "witness");
        return File.Exists(file) ? [.. File.ReadLines(file).Select(Parse)] : [];
    }

    private static WitnessLine Parse(string line)
    {
        var parts = line.Split(' ');
        return new WitnessLine(parts[0] == "start", parts[1], Number(parts[2]), Number(parts[3]), long.Parse(parts[4], CultureInfo.InvariantCulture), Number(parts[5]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
