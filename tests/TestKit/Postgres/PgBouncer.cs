using System.Diagnostics;
using System.Globalization;
using Npgsql;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.TestKit.Postgres;

/// <summary>PgBouncer before a server of the tests, with the settings of its manual. It ends with the process that started it.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private PgBouncer(string folder, int port, Process process) => (this.folder, Port, this.process) = (folder, port, process);

    public int Port { get; }

    /// <summary>Starts it and waits until it takes connections.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="mode">session, transaction or statement.</param>
    public static async Task<PgBouncer> Start(PostgresServer server, string mode = "transaction")
    {
        var folder = Directory.CreateTempSubdirectory("openclaw-pgbouncer-").FullName;
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(folder, "pgbouncer.ini"), string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=openclaw
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 5
            max_client_conn = 200
            """));
        if (Environment.UserName == "root") await PostgresServer.Run("chown", "-R", "postgres", folder);
        string[] command =
        [
            "-c", PostgresServer.Guarded, folder, .. PostgresServer.AsOwner, Program(), "-q", Path.Combine(folder, "pgbouncer.ini"),
        ];
        var start = new ProcessStartInfo("sh", command)
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var pooler = new PgBouncer(folder, port, process);
        await pooler.Answers();
        return pooler;
    }

    /// <summary>The way through it to a database of its server.</summary>
    public string Connection(string connection) => new NpgsqlConnectionStringBuilder(connection) { Port = Port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        this.process.StandardInput.Close();
        await this.process.WaitForExitAsync();
        this.process.Dispose();
        Directory.Delete(this.folder, recursive: true);
    }

    private async Task Answers()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var socket = new System.Net.Sockets.TcpClient();
                await socket.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (System.Net.Sockets.SocketException) when (waited.Elapsed < TimeSpan.FromSeconds(60) && !this.process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static string Program() => File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer";
}
