using System.Net;
using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway;

/// <summary>Settings of the gateway.</summary>
public sealed class GatewayOptions
{
    /// <summary>Fewest characters a shared token may have.</summary>
    public const int SharedTokenMinLength = 8;

    /// <summary>Addresses told apart when nobody said how many.</summary>
    public const int DefaultMaxAddresses = 10_000;

    /// <summary>Most of them that can be asked for.</summary>
    public const int LargestMaxAddresses = 1_000_000;

    /// <summary>Folder that holds the <c>tokens</c> file. Empty: there is none, and what was made is shown once only.</summary>
    public string DataFolder { get; set; } = "";

    /// <summary>
    /// <c>WORKER_TOKEN</c>: one token that may act as client and as worker, never as admin. Null: compatibility mode is off.
    /// </summary>
    public string? SharedToken { get; set; }

    /// <summary>Tokens somebody else made, to be accepted from the first start on.</summary>
    public IReadOnlyList<IssuedToken> Tokens { get; set; } = [];

    /// <summary>Proxies in front whose X-Forwarded-For is believed; none: a client's address is the connection's.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>Addresses that are told apart when refused requests are counted.</summary>
    public int MaxAddresses { get; set; } = DefaultMaxAddresses;

    /// <summary>Folder of the worker's programs for PCs that join; null: there are none.</summary>
    public string? WorkerFiles { get; set; }

    /// <summary>Address that PCs reach the server by; null: nobody said.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// How long an answer about a token is remembered. A request that is let in at its end may be held, and is looked at again within
    /// another 2 s: both together are less than the 5 s after which nothing goes on with a token that was revoked elsewhere.
    /// </summary>
    public TimeSpan TokenCache { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong with the settings, a sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (SharedToken is { } shared && (shared.Length < SharedTokenMinLength || shared.Any(c => c is <= ' ' or > '~')))
        {
            errors.Add($"WORKER_TOKEN must be at least {SharedTokenMinLength} printable ASCII characters without spaces; "
                + "unset it to use the other tokens only.");
        }
        if (TokenCache < TimeSpan.Zero || TokenCache > TimeSpan.FromSeconds(10)) errors.Add("TokenCache must be from 0 to 10 s.");
        if (MaxAddresses is < 1 or > LargestMaxAddresses)
            errors.Add($"OPENCLAW_MAX_ADDRESSES must be from 1 to {LargestMaxAddresses}.");
        return errors;
    }
}
