using System.Globalization;
using System.Security.Cryptography;

namespace OpenClaw.TestKit.Clients;

/// <summary>Tokens of the product's form, made by hand: <c>ocl_kind_id_secret</c> and the CRC-32 of that.</summary>
public static class Tokens
{
    /// <param name="kind">cli, wrk or adm.</param>
    public static string New(string kind)
    {
        var head = $"ocl_{kind}_{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 10)}_"
            + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 43);
        var crc = uint.MaxValue;
        foreach (var c in head)
        {
            crc ^= c;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return head + (~crc).ToString("x8", CultureInfo.InvariantCulture);
    }
}
