# Makes this PC a worker of an OpenClaw server: fetches the worker's program from it, compares its hash, and starts its verb join.
# The line of the invitation runs it, once it has the hash that the line says; so what is below is what the server had when it invited.
# Arguments: address of the server, pin of its authority or -, options for openclaw-worker join. The token is in OPENCLAW_JOIN_TOKEN.
param([string] $Url, [string] $Pin, [Parameter(ValueFromRemainingArguments = $true)] [string[]] $Options = @())
$ErrorActionPreference = 'Stop'
$token = $env:OPENCLAW_JOIN_TOKEN
$env:OPENCLAW_JOIN_TOKEN = $null
if (-not $token) { throw 'openclaw: NOT joined: there is no join token: paste the whole line' }

# Hashes of the programs: nothing else is started.
$programs = @{}
'@PROGRAMS@' -split "`n" | ForEach-Object { $name, $hash = $_.Trim() -split ' '; if ($hash) { $programs[$name] = $hash } }

$system = if ($IsLinux) { 'linux' } elseif ($IsMacOS) { 'osx' } else { 'win' }
$machine = "$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant()
$platform = "$system-$machine"
$want = $programs[$platform]
if (-not $want) {
  throw "openclaw: NOT joined: the server has no worker for this PC, which is $platform. On the server: ./publish.sh $platform"
}

$name = if ($system -eq 'win') { 'openclaw-worker.exe' } else { 'openclaw-worker' }
# One folder for each program, however often the line is pasted: what a join that failed leaves there, the next one finds.
$folder = Join-Path (Join-Path ([Environment]::GetFolderPath('LocalApplicationData', 'Create')) 'openclaw-worker') $want
$program = Join-Path $folder $name
$null = New-Item -ItemType Directory -Force -Path $folder
if (-not (Test-Path -LiteralPath $program) -or (Get-FileHash -Algorithm SHA256 -LiteralPath $program).Hash -ne $want) {
  Write-Host "Fetching the worker for $platform from $Url"
  $part = "$program.$PID"
  # No word of what comes counts but by its hash, so nothing of the transport has to be trusted.
  $curl = @(Get-Command curl -CommandType Application)[0].Source
  $how = if ($Pin -eq '-') { '-fsS' } else { '-fsSk' }
  try {
    & $curl $how --retry 5 -o $part "$Url/join/$platform"
    if ($LASTEXITCODE -ne 0) { throw "openclaw: NOT joined: $Url gave no worker" }
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $part).Hash -ne $want) {
      throw "openclaw: NOT joined: what came from $Url is not the program whose hash was told"
    }
    if ($system -ne 'win') { & chmod 700 $part }
    Move-Item -Force -LiteralPath $part -Destination $program
  }
  finally {
    Remove-Item -LiteralPath $part -ErrorAction SilentlyContinue
    if (-not (Test-Path -LiteralPath $program)) { Remove-Item -LiteralPath $folder -ErrorAction SilentlyContinue }
  }
}

$arguments = @('join', $Url)
if ($Pin -ne '-') { $arguments += '--pin', $Pin }
try {
  $env:OPENCLAW_JOIN_TOKEN = $token
  & $program @arguments @Options
}
finally { $env:OPENCLAW_JOIN_TOKEN = $null }
# Installed, it is elsewhere now; else what it has said to type next is about this file.
if ($LASTEXITCODE -eq 0 -and $Options -notcontains '--no-start') { Remove-Item -Recurse -LiteralPath $folder -ErrorAction SilentlyContinue }
