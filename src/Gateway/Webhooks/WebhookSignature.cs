using System.Security.Cryptography;
using System.Text;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>The signature of Standard Webhooks. Pure, but for the making of a secret.</summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";
    private const int SecretBytes = 32;

    /// <summary>The header: one signature of each secret that is good at the time, the newest first.</summary>
    public static string Sign(WebhookSecret secret, string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var newest = Sign(secret.Secret, id, now, body);
        return secret.Former is { } former && now < secret.FormerUntil ? $"{newest} {Sign(former, id, now, body)}" : newest;
    }

    /// <summary>A new secret.</summary>
    public static byte[] CreateSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>A secret as its receiver gets it.</summary>
    public static string FormatSecret(byte[] secret) => SecretPrefix + Convert.ToBase64String(secret);

    private static string Sign(byte[] secret, string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes(string.Create(null, $"{id}.{now.ToUnixTimeSeconds()}.")));
        mac.AppendData(body);
        return Version + Convert.ToBase64String(mac.GetHashAndReset());
    }
}
