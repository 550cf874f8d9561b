#!/usr/bin/env bash
# File.Move(from, to, overwrite: false) of .NET 10 on Linux is two steps: it looks whether there is a file of that name, and renames, which replaces what
# came meanwhile. So of several that move at the same moment more than one "succeeds", and the first one's file is gone. Only a file that stood there
# before the look is left alone. Two that make a file "unless there is one" (a key, a lock, a claim) need link(2), or renameat2 with RENAME_NOREPLACE.
# On Windows it is one step. Needs the .NET 10 SDK; takes seconds. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >move.cs <<'CS'
Console.WriteLine($".NET {Environment.Version}");
var (rounds, threads) = (5_000, 4);
var winners = new int[rounds];
using var start = new Barrier(threads);
var all = Enumerable.Range(0, threads).Select(number => new Thread(() =>
{
    for (var round = 0; round < rounds; round++)
    {
        var own = $"own-{number}-{round}";
        File.WriteAllText(own, own);
        start.SignalAndWait();
        try
        {
            File.Move(own, $"one-{round}", overwrite: false);
            Interlocked.Increment(ref winners[round]);
        }
        catch (IOException)
        {
            File.Delete(own);
        }
    }
})).ToList();
foreach (var thread in all) thread.Start();
foreach (var thread in all) thread.Join();
var several = winners.Count(count => count > 1);
Console.WriteLine($"{rounds} names, each wanted by {threads} threads at once; more than one got it: {several} times; nobody: {winners.Count(count => count == 0)}");

File.WriteAllText("there", "first");
File.WriteAllText("other", "second");
var refused = false;
try { File.Move("other", "there", overwrite: false); }
catch (IOException) { refused = File.ReadAllText("there") == "first"; }
Console.WriteLine($"onto a file that was there before: {(refused ? "refused" : "replaced")}");
return several > 0 && refused ? 0 : 1;
CS
dotnet run move.cs
