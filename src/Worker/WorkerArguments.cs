using System.Globalization;
using System.Text;
using OpenClaw.Protocol;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker;

/// <summary>Reads the options from what is set, by the names of the variables. All errors at once.</summary>
public sealed class WorkerArguments
{
    /// <summary>What <c>run --help</c> prints.</summary>
    public const string Help = """
          --url URL              WORKER_URL             address of the gateway (required)
                                 WORKER_TOKEN           worker token (required; a variable only, flags are seen by all)
          --name NAME            WORKER_NAME            name of this PC (default: its host name)
          --labels A,B           WORKER_LABELS          labels it offers
          --max-concurrent N     MAX_CONCURRENT         tasks at once (default 3)
          --home DIR             OPENCLAW_WORKER_HOME   its own folder (default ~/.openclaw/worker)
          --poll-wait MS         LONG_POLL_WAIT         longest wait of a poll (default 50000)
          --drain-timeout MS     DRAIN_TIMEOUT          time for running tasks after SIGTERM (default 30000)
          --proxy URL            OPENCLAW_PROXY         HTTP proxy on the way there (default: HTTPS_PROXY and its like;
                                                        NO_PROXY is honoured)
          --ca-file FILE         OPENCLAW_CA_FILE       authorities to trust beside the system's, PEM
          --log-format F         OPENCLAW_LOG_FORMAT    text or json on standard output (default text)
          --system-log S         OPENCLAW_SYSTEM_LOG    a line for each session and task in the system's log: on, off,
                                                        a socket, auto (default: on as a service)
        """;

    internal static readonly Dictionary<string, string> Flags = new(StringComparer.Ordinal)
    {
        ["--url"] = "WORKER_URL",
        ["--name"] = "WORKER_NAME",
        ["--labels"] = "WORKER_LABELS",
        ["--max-concurrent"] = "MAX_CONCURRENT",
        ["--home"] = "OPENCLAW_WORKER_HOME",
        ["--poll-wait"] = "LONG_POLL_WAIT",
        ["--drain-timeout"] = "DRAIN_TIMEOUT",
        ["--proxy"] = "OPENCLAW_PROXY",
        ["--ca-file"] = "OPENCLAW_CA_FILE",
        ["--log-format"] = "OPENCLAW_LOG_FORMAT",
        ["--system-log"] = "OPENCLAW_SYSTEM_LOG",
    };

    /// <summary>The option that stands for a variable; null: there is none.</summary>
    internal static string? FindFlag(string variable) => Flags.FirstOrDefault(pair => pair.Value == variable).Key;

    internal static IReadOnlyList<string> Variables { get; } = [.. Flags.Values, "WORKER_TOKEN"];

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly List<string> errors = [];

    private WorkerArguments(Func<string, string?> variable)
    {
        foreach (var name in Variables)
        {
            if (variable(name) is { Length: > 0 } value) values[name] = value;
        }
    }

    /// <summary>The options, or every sentence about what is wrong.</summary>
    public static (WorkerOptions? Options, IReadOnlyList<string> Errors) ParseOptions(
        Func<string, string?> variable, string hostName, string userHome)
    {
        var reader = new WorkerArguments(variable);
        var options = new WorkerOptions
        {
            Url = reader.ReadUrl(),
            Token = reader.ReadToken(ChooseHome(reader.values.GetValueOrDefault, userHome)),
            Name = reader.ReadName(hostName),
            Home = ChooseHome(reader.values.GetValueOrDefault, userHome),
            MaxConcurrent = (int)reader.ReadNumber("MAX_CONCURRENT", 3, 1, Limits.MaxConcurrent),
            PollWait = TimeSpan.FromMilliseconds(reader.ReadNumber("LONG_POLL_WAIT", Limits.PollWait, 0, Limits.PollWait)),
            DrainTimeout = TimeSpan.FromMilliseconds(reader.ReadNumber("DRAIN_TIMEOUT", 30_000, 0, Limits.Timeout)),
            Labels = reader.ReadLabels(),
            Proxy = reader.ReadProxy(variable),
            // Linux' .NET reads that one itself, in place of the system's authorities as everywhere.
            CaFile = reader.values.GetValueOrDefault("OPENCLAW_CA_FILE") ?? (OperatingSystem.IsLinux() ? null : variable("SSL_CERT_FILE")),
            JsonLines = reader.ReadLogFormat(),
            SystemLog = reader.ReadSystemLog(variable),
        };
        return reader.errors.Count == 0 ? (options, []) : (null, reader.errors);
    }

    /// <summary>A host name as a worker's name: its first part, small letters, everything else a hyphen.</summary>
    public static string ToWorkerName(string hostName)
    {
        var name = new StringBuilder();
        foreach (var letter in hostName.Split('.')[0].ToLowerInvariant())
            name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '-');
        var text = name.ToString().Trim('-');
        return text.Length == 0 ? "worker" : text[..Math.Min(text.Length, Names.MaxLength)];
    }

    /// <summary>The daemon's own folder when no option names one.</summary>
    internal static string ChooseHome(Func<string, string?> variable, string userHome) =>
        variable("OPENCLAW_WORKER_HOME") is { Length: > 0 } home ? home : Path.Combine(userHome, ".openclaw", "worker");

    private Uri ReadUrl()
    {
        var text = values.GetValueOrDefault("WORKER_URL");
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            && url.Query.Length == 0 && url.Fragment.Length == 0)
        {
            return url;
        }
        errors.Add(text is null
            ? "WORKER_URL is not set: the address of the gateway, such as http://127.0.0.1:3456"
            : "WORKER_URL must be an http or https address without a user name, a query or a fragment");
        return new Uri("http://invalid");
    }

    private string ReadToken(string home)
    {
        var token = values.GetValueOrDefault("WORKER_TOKEN", "").Trim();
        if (token.Length == 0)
        {
            if (!WorkerKey.IsIn(home))
            {
                errors.Add("WORKER_TOKEN is not set, and this PC has not joined: paste the line of an invitation (openclaw-worker join), "
                    + "or set the worker token that the server printed at its first start");
            }
        }
        else if (token.Any(c => c is <= ' ' or > '~'))
            errors.Add("WORKER_TOKEN holds characters no token has");
        return token;
    }

    private string ReadName(string hostName)
    {
        var name = values.GetValueOrDefault("WORKER_NAME") ?? ToWorkerName(hostName);
        if (!Names.IsName(name))
            errors.Add("WORKER_NAME must be a to z, 0 to 9 and -, at most 63, not beginning with -");
        return name;
    }

    private string[] ReadLabels()
    {
        var labels = values.GetValueOrDefault("WORKER_LABELS", "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var label in labels.Where(label => !Names.IsName(label)))
            errors.Add($"WORKER_LABELS: '{label}' is no label: a to z, 0 to 9 and -, at most 63, not beginning with -");
        if (labels.Length > Limits.Labels) errors.Add($"WORKER_LABELS must be at most {Limits.Labels}");
        return labels;
    }

    private Uri? ReadProxy(Func<string, string?> variable)
    {
        if (!Uri.TryCreate(values.GetValueOrDefault("WORKER_URL"), UriKind.Absolute, out var gateway)) return null;
        var (proxy, error) = ProxyChoice.ChooseFor(gateway, values.GetValueOrDefault("OPENCLAW_PROXY"), variable);
        if (error is not null) errors.Add(error);
        return proxy;
    }

    private bool ReadLogFormat()
    {
        var format = values.GetValueOrDefault("OPENCLAW_LOG_FORMAT", "text");
        if (format is not ("text" or "json")) errors.Add("OPENCLAW_LOG_FORMAT must be text or json");
        return format == "json";
    }

    private string? ReadSystemLog(Func<string, string?> variable)
    {
        var (path, error) = Logging.SystemLog.ChoosePath(values.GetValueOrDefault("OPENCLAW_SYSTEM_LOG", "auto"), variable);
        if (error is not null) errors.Add(error);
        return path;
    }

    private long ReadNumber(string name, long otherwise, long smallest, long largest)
    {
        if (!values.TryGetValue(name, out var text)) return otherwise;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest)
            return number;
        errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {smallest} to {largest}"));
        return otherwise;
    }
}
