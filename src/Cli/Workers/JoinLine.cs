namespace OpenClaw.Cli.Workers;

/// <summary>
/// The one line that is pasted on a PC: whom it joins, and by what it knows that server. What it fetches it runs only where that has the
/// hash that stands in the line, so whoever is in between can at most keep it from joining; docs/adr/0028.
/// </summary>
/// <param name="Url">Address of the server as the PC has it.</param>
/// <param name="Pin">Pin of the server's own authority; null: a public one vouches for it, or it is on this very machine.</param>
/// <param name="Token">Join token. In the environment of what is started: an argument all processes of the PC could read.</param>
internal sealed record JoinLine(Uri Url, string? Pin, string Token)
{
    private const string Wrong = "openclaw: NOT joined: what came is not what this PC was invited to, or its hash can not be computed "
        + "here. Ask for a new invitation";

    private string Address { get; } = Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>What is wrong with an address that is to be pasted into a shell; null: nothing.</summary>
    public static string? FindError(Uri url) =>
        url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback ? $"{url} is plain HTTP: a join token is sent over HTTPS, or within one machine"
        : url.AbsoluteUri.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-_~%[]")
            ? $"{url} has signs that a shell takes for its own" : null;

    /// <summary>For sh, and whatever starts it: bash, zsh, fish. Words that are typed behind it are options of <c>join</c>.</summary>
    public string FormatShell(string hash)
    {
        var (curl, wget) = Pin is null ? ("-fsS", "-qO-") : ("-fsSk", "-qO- --no-check-certificate");
        return $"OPENCLAW_JOIN_TOKEN={Token} sh -c 'u={Address}; "
            + $"s=$(if command -v curl >/dev/null; then curl {curl} \"$u/join/sh\"; else wget {wget} \"$u/join/sh\"; fi) || exit 4; "
            + "h=$(printf \"%s\\n\" \"$s\" | { sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null); "
            + $"case $h in {hash}*) exec sh -c \"$s\" \"$0\" \"$u\" {Pin ?? "-"} \"$@\";; *) echo \"{Wrong}\" >&2; exit 1;; esac' openclaw";
    }

    /// <summary>For Windows PowerShell 5.1 and later, with the curl.exe that Windows has.</summary>
    public string FormatPowerShell(string hash) =>
        $"$env:OPENCLAW_JOIN_TOKEN='{Token}'; $u='{Address}'; "
        + $"$s=(& (gcm curl -CommandType Application)[0].Source {(Pin is null ? "-fsS" : "-fsSk")} \"$u/join/powershell\") -join \"`n\"; "
        + "$h=-join([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes(\"$s`n\"))|%{$_.ToString('x2')}); "
        + $"if($h -eq '{hash}'){{& ([scriptblock]::Create($s)) $u '{Pin ?? "-"}'}}"
        + $"else{{$env:OPENCLAW_JOIN_TOKEN=$null; Write-Error '{Wrong}'}}";

    /// <summary>For sh on a PC that has the program.</summary>
    public string FormatShellWithProgram() => $"OPENCLAW_JOIN_TOKEN={Token} {FormatProgram()}";

    /// <summary>For PowerShell on a PC that has the program.</summary>
    public string FormatPowerShellWithProgram() => $"$env:OPENCLAW_JOIN_TOKEN='{Token}'; {FormatProgram()}; $env:OPENCLAW_JOIN_TOKEN=$null";

    private string FormatProgram() => $"openclaw-worker join {Address}{(Pin is null ? "" : $" --pin {Pin}")}";

    /// <summary>Without the token.</summary>
    public override string ToString() => Address;
}
