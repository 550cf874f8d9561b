#!/usr/bin/env bash
# Npgsql 10.0.3: NpgsqlDataSource.Clear() is no promise that the next connection is a new one. It returns at once while another thread clears
# the same pool, and Npgsql clears it by itself when a server says that it ends a session. So where several readers lose their connections
# together (a restart, pg_terminate_backend), one that calls Clear() and asks again may be handed another connection of before, and fails again.
# Needs the .NET 10 SDK and PostgreSQL's server programs (Debian: postgresql). Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
as() { if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
trap 'as "$bin/pg_ctl" -D "$work/data" stop -m immediate >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cd "$work"
mkdir data
if [ "$(id -u)" -eq 0 ]; then chmod 755 "$work"; chown postgres data; fi
as "$bin/initdb" -D "$work/data" -A trust -U postgres >/dev/null
port=$((20000 + RANDOM % 10000))
as "$bin/pg_ctl" -w -D "$work/data" -l "$work/data/log" -o "-p $port -k $work/data -c listen_addresses=127.0.0.1" start >/dev/null
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >clear.cs <<'CS'
#:package Npgsql@10.0.3
#:property ManagePackageVersionsCentrally=false
using Npgsql;

var address = $"Host=127.0.0.1;Port={args[0]};Username=postgres;Database=postgres";
await using var pool = NpgsqlDataSource.Create(address);
await using var administrator = NpgsqlDataSource.Create(address + ";Application Name=administrator");
var (lost, lostAgain) = (0, 0);
for (var restart = 0; restart < 60; restart++)
{
    await TwentyAtOnce(() => Ask());
    await using (var all = administrator.CreateCommand(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"))
    {
        await all.ExecuteNonQueryAsync();
    }
    await TwentyAtOnce(async () =>
    {
        if (await Ask()) return;
        Interlocked.Increment(ref lost);
        pool.Clear();
        if (!await Ask()) Interlocked.Increment(ref lostAgain);
    });
}
Console.WriteLine($"Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version}: {lost} questions lost their connection, called Clear() and were asked again");
Console.WriteLine($"{lostAgain} of them were handed another connection of before");
return lost > 0 && lostAgain > 0 ? 0 : 1;

Task TwentyAtOnce(Func<Task> what) => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(what)));

async Task<bool> Ask()
{
    try
    {
        await using var question = pool.CreateCommand("SELECT 1");
        await question.ExecuteScalarAsync();
        return true;
    }
    catch (PostgresException said) when (said.SqlState == PostgresErrorCodes.AdminShutdown)
    {
        return false;
    }
}
CS
dotnet run clear.cs -- "$port"
echo "as described"
