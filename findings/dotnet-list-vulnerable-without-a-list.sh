#!/usr/bin/env bash
# A gate on "dotnet list package --vulnerable" proves nothing behind a mirror or a folder of packages: where the package source has no list of holes
# (VulnerabilityInfo in its index) the answer for a package with a published one (Newtonsoft.Json 12.0.1, GHSA-5crp-9r3c-p9vr) is the same sentence
# as for a clean one, "has no vulnerable packages given the current sources", exit code 0, not a word of a warning. One expects an error, as NU1900
# is for a source that can't be reached. Look into the index of the source first. .NET SDK 10. Exits non-zero when that changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
dotnet --version
mkdir packages
cat >one.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.1" /></ItemGroup>
</Project>
XML
dotnet restore -v q -p:NuGetAudit=false
said=$(dotnet list package --vulnerable --source "$work/packages" 2>&1)
echo "exit code $?: $said"
grep -q 'has no vulnerable packages given the current sources' <<<"$said"
! grep -qi 'warn' <<<"$said"
