#!/usr/bin/env bash
# ECDsa.ImportSubjectPublicKeyInfo of .NET 10 on Linux throws PlatformNotSupportedException, not the CryptographicException that is documented, for
# a well-formed public key whose curve OpenSSL does not know: one changed digit of the OID of P-256 is enough. It comes from a stranger's bytes, so
# code that reads public keys of others has to catch it, or answers 500.
# Needs the .NET 10 SDK. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >curve.cs <<'CS'
using System.Security.Cryptography;

Console.WriteLine($".NET {Environment.Version}");
using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var der = key.ExportSubjectPublicKeyInfo();
// 06 08 2A 86 48 CE 3D 03 01 07: the OID 1.2.840.10045.3.1.7
var at = der.AsSpan().IndexOf(Convert.FromHexString("06082A8648CE3D030107"));
der[at + 8] = 0x7F;
try
{
    using var other = ECDsa.Create();
    other.ImportSubjectPublicKeyInfo(der, out _);
    Console.WriteLine("imported");
    return 1;
}
catch (Exception error)
{
    Console.WriteLine($"{error.GetType().FullName}: {error.Message}");
    return error is PlatformNotSupportedException ? 0 : 1;
}
CS
dotnet run curve.cs
