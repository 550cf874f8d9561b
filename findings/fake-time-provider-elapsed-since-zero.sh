#!/usr/bin/env bash
# Microsoft.Extensions.TimeProvider.Testing 10.11.0 (and TimeProvider of .NET 10, which it inherits this from): a FakeTimeProvider's timestamps are
# ticks since the year 1, and GetElapsedTime multiplies their difference as a double. So GetElapsedTime(0) is not GetUtcNow().Ticks but up to 64 ticks
# more or less, and GetUtcNow() minus it, which looks like the zero of that clock, throws for about half of all moments; for those at which tests
# begin (midnight of some day) it does not. A clock of a program that counts from timestamp 0 works with the system's clock and fails by chance here.
# Needs the .NET 10 SDK. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >elapsed.cs <<'CS'
#:package Microsoft.Extensions.TimeProvider.Testing@10.11.0
#:property ManagePackageVersionsCentrally=false
using Microsoft.Extensions.Time.Testing;

var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
Console.WriteLine($"at midnight: {clock.GetElapsedTime(0).Ticks - clock.GetUtcNow().Ticks} ticks off");
var (largest, thrown) = (0L, 0);
const int Moments = 10_000;
for (var moment = 0; moment < Moments; moment++)
{
    clock.Advance(TimeSpan.FromTicks(1_000_001));
    largest = Math.Max(largest, Math.Abs(clock.GetElapsedTime(0).Ticks - clock.GetUtcNow().Ticks));
    try
    {
        _ = clock.GetUtcNow() - clock.GetElapsedTime(0);
    }
    catch (ArgumentOutOfRangeException)
    {
        thrown++;
    }
}
var began = clock.GetTimestamp();
clock.Advance(TimeSpan.FromTicks(1_000_001));
Console.WriteLine($"{Moments} moments later: up to {largest} ticks off; now minus elapsed threw at {thrown} of them; since a timestamp of its own: {clock.GetElapsedTime(began).Ticks - 1_000_001} off");
return largest is > 0 and <= 64 && thrown > Moments / 4 && clock.GetElapsedTime(began).Ticks == 1_000_001 ? 0 : 1;
CS
dotnet run elapsed.cs
