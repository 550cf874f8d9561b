#!/usr/bin/env bash
# System.Formats.Tar (.NET 10) writes entries it has no form for without a word: a name with a byte that is no UTF-8 gets U+FFFD, a time given as
# the pax record "mtime" is replaced by now, a user of 2^31 and above becomes 0; and its reader throws at a year above 9999, which GNU tar restores.
# Needs the .NET 10 SDK and GNU tar. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LC_ALL=C
cat >odd.cs <<'CS'
using System.Formats.Tar;
using (var writer = new TarWriter(File.Create("odd.tar"), TarEntryFormat.Pax))
{
    writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "name\uDCFF"));
    writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "time", new Dictionary<string, string> { ["mtime"] = "300000000000" }));
    writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "user") { Uid = unchecked((int)4294967289) });
}
Console.WriteLine($".NET {Environment.Version}");
try
{
    using var reader = new TarReader(File.OpenRead("far.tar"));
    Console.WriteLine($"read: {reader.GetNextEntry()!.ModificationTime:O}");
}
catch (ArgumentOutOfRangeException)
{
    Console.WriteLine("read: ArgumentOutOfRangeException");
}
CS
: >far
tar --format=pax --mtime=@300000000000 -cf far.tar far
dotnet run odd.cs | tee said
year=$(date -u +%Y)
tar --numeric-owner --quoting-style=escape -tvf odd.tar | tee listed
grep -qx 'read: ArgumentOutOfRangeException' said
grep -qF 'name\357\277\275' listed
grep -qE " ($year|$((year - 1)))-.* time$" listed
grep -qE '^-rw-r--r-- 0/0 .* user$' listed
