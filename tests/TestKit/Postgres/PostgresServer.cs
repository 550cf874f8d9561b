using System.Diagnostics;
using System.Globalization;
using Npgsql;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.TestKit.Postgres;

/// <summary>
/// A PostgreSQL server of the tests' own, in a temporary folder, on a free port of loopback. It ends with the process that started it,
/// also when that one is killed.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Owner = "openclaw";

    /// <summary>The server stays in the foreground and goes when its standard input ends, which a dead parent can't prevent.</summary>
    internal const string Guarded = "\"$@\" & pid=$!; read -r _; kill -INT $pid 2>/dev/null; wait $pid";

    /// <summary>The folder, which is the script's name, goes with it: nobody is left to remove it.</summary>
    private const string GuardedToTheEnd = Guarded + "; rm -rf \"$0\"";

    private static readonly Lazy<Task<PostgresServer>> Shared =
        new(() => Start("-c fsync=off -c synchronous_commit=off -c full_page_writes=off", GuardedToTheEnd, Unhurried));

    /// <summary>What the driver allows by itself, 15 and 30 s, a busy machine takes to copy a database.</summary>
    private const string Patient = ";Pooling=false;Timeout=60;Command Timeout=300";

    /// <summary>
    /// What a process waits for a connection or an answer, where a test is not about that: a busy machine is slow at both.
    /// </summary>
    private const string Unhurried = ";Timeout=60;Command Timeout=60";

    private readonly string settings;
    private readonly string guard;
    private readonly string waits;
    private Process? process;
    private int databases;

    private PostgresServer(string folder, int port, string settings, string guard, string waits) =>
        (Folder, Port, this.settings, this.guard, this.waits) = (folder, port, settings, guard, waits);

    public string Folder { get; }

    /// <summary>On 127.0.0.1; the same over restarts.</summary>
    public int Port { get; }

    /// <summary>
    /// One server for all tests of a process that need only a database. It does not flush: a crash of it would lose data. Its connection
    /// strings allow a minute where the product's own settings would give up after seconds.
    /// </summary>
    public static Task<PostgresServer> ForAll => Shared.Value;

    /// <summary>Makes and starts a server with the settings of production, and more of them when given (<c>-c name=value</c>).</summary>
    public static Task<PostgresServer> Start(string settings = "") => Start(settings, Guarded, "");

    private static async Task<PostgresServer> Start(string settings, string guard, string waits)
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-pg-").FullName;
        if (Environment.UserName == "root") await Run("chown", "postgres", folder);
        await Run([.. AsOwner, Program("initdb"), "-D", folder, "-U", Owner, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]);
        var server = new PostgresServer(folder, FreePort.Find(), settings, guard, waits);
        await server.Start();
        return server;
    }

    /// <summary>Connection string of a database of this server.</summary>
    public string Connection(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={Owner};Database={database};Include Error Detail=true{this.waits}";

    /// <summary>A new database; its connection string. A template is copied, which is faster than migrating anew.</summary>
    public async Task<string> CreateDatabase(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Environment.ProcessId}_{Interlocked.Increment(ref databases)}");
        await Execute($"CREATE DATABASE {name}" + (template is null ? "" : $" TEMPLATE {template}"));
        return Connection(name);
    }

    /// <summary>Runs a statement in the database <c>postgres</c>.</summary>
    public async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection("postgres") + Patient);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts it again after <see cref="Stop"/>.</summary>
    public async Task Start()
    {
        string[] command =
        [
            "-c", this.guard, Folder, .. AsOwner, Program("postgres"), "-D", Folder, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={Folder}", "-c", "max_connections=200", "-c", "log_min_messages=fatal",
            .. this.settings.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        var start = new ProcessStartInfo("sh", command)
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        this.process = Process.Start(start)!;
        this.process.ErrorDataReceived += static (_, _) => { };
        this.process.BeginErrorReadLine();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Execute("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (waited.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    /// <summary>
    /// Ends it; <c>immediate</c> is a crash: nothing is flushed, the next start recovers. <c>fast</c> ends sessions in good order.
    /// </summary>
    public async Task Stop(string mode = "fast")
    {
        if (this.process is not { } process) return;
        this.process = null;
        await Run([.. AsOwner, Program("pg_ctl"), "-D", Folder, "-m", mode, "-w", "stop"], mayFail: true);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Ends every session but its own.</summary>
    public Task EndSessions() =>
        Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Stop("immediate");
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A standby of this server; its data is that of this moment and what follows.</summary>
    public async Task<PostgresServer> StartStandby()
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-pg-").FullName;
        if (Environment.UserName == "root") await Run("chown", "postgres", folder);
        await Run(
        [
            .. AsOwner, Program("pg_basebackup"), "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", Owner,
            "-D", folder, "-R", "-c", "fast",
        ]);
        var standby = new PostgresServer(folder, FreePort.Find(), this.settings, this.guard, this.waits);
        await standby.Start();
        return standby;
    }

    /// <summary>Makes a primary of a standby.</summary>
    public Task Promote() => Run([.. AsOwner, Program("pg_ctl"), "-D", Folder, "-w", "promote"]);

    internal static string[] AsOwner => Environment.UserName == "root"
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        : [];

    private static string Program(string name)
    {
        // The newest one: Debian keeps each major version in a folder of its own and puts none of them into PATH.
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        return versions.OrderByDescending(v => int.Parse(Path.GetFileName(v), CultureInfo.InvariantCulture))
            .Select(v => Path.Combine(v, "bin", name)).FirstOrDefault(File.Exists) ?? name;
    }

    internal static Task Run(params string[] command) => Run(command, mayFail: false);

    private static async Task Run(string[] command, bool mayFail)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !mayFail) throw new InvalidOperationException($"{string.Join(' ', command)}: {errors}{await output}");
    }
}
