#!/usr/bin/env bash
# System.Net.IPNetwork.Contains of .NET 10 takes an IPv4-mapped IPv6 address for the IPv4 address in it, whatever family the network is of. So
# 127.0.0.0/8 contains ::ffff:127.0.0.1, as one may hope; but ::ffff:0:0/96 contains no address at all, and an IPv6 network contains some of them by
# chance: fc00::/7 has ::ffff:1.1.1.1, 2000::/3 too, and neither has ::ffff:200.1.1.1. A list of allowed or refused networks has to call MapToIPv4 first.
# Needs the .NET 10 SDK. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >contains.cs <<'CS'
using System.Net;

Console.WriteLine($".NET {Environment.Version}");
(string Network, string Address, bool Seen)[] cases =
[
    ("127.0.0.0/8", "::ffff:127.0.0.1", true), ("::ffff:0:0/96", "::ffff:127.0.0.1", false), ("::ffff:0:0/96", "::ffff:1.1.1.1", false),
    ("fc00::/7", "::ffff:1.1.1.1", true), ("2000::/3", "::ffff:1.1.1.1", true), ("fc00::/7", "::ffff:200.1.1.1", false),
];
var same = true;
foreach (var (network, address, seen) in cases)
{
    var contains = IPNetwork.Parse(network).Contains(IPAddress.Parse(address));
    Console.WriteLine($"{network} contains {address}: {contains}");
    same &= contains == seen;
}
return same ? 0 : 1;
CS
dotnet run contains.cs
