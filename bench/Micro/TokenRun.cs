using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Bench.Micro;

/// <summary>What a gateway does to know a caller by a token it has heard of: form, checksum, hash, comparison. CPU time.</summary>
internal static class TokenRun
{
    public static async Task Measure(int times)
    {
        var (good, other) = (TokenText.Create(Roles.Client), TokenText.Create(Roles.Client));
        var options = Options.Create(new GatewayOptions());
        var cache = new TokenCache(null!, null!, TimeProvider.System, options, null!, null!);
        cache.SetRecord(CreateRecord(good));
        var check = new TokenCheck(cache, null!, new LastUses(TimeProvider.System), TimeProvider.System, options);
        if (await check.FindCaller(good, IPAddress.Loopback) is null) throw new InvalidOperationException("a good token is not good");
        var wrong = TokenText.Create(Roles.Client, good.Split('_')[2]);
        if (await check.FindCaller(wrong, IPAddress.Loopback) is not null) throw new InvalidOperationException("a wrong secret is good");
        await Report("good token", times, () => check.FindCaller(good, IPAddress.Loopback));
        await Report("wrong secret", times, () => check.FindCaller(wrong, IPAddress.Loopback));
        await Report("bad checksum", times, () => check.FindCaller(other[..^1] + (other[^1] == '0' ? '1' : '0'), IPAddress.Loopback));
    }

    private static async Task Report(string what, int times, Func<ValueTask<Caller?>> find)
    {
        for (var i = 0; i < times / 10; i++) await find();
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        for (var i = 0; i < times; i++) await find();
        self.Refresh();
        Console.WriteLine($"{what}: {(self.TotalProcessorTime - before).TotalMicroseconds / times:0.00} µs");
    }

    private static TokenRecord CreateRecord(string token)
    {
        TokenText.TryParse(token, out var id, out var secret, out var role);
        var hash = new byte[SHA256.HashSizeInBytes];
        TokenText.HashSecret(secret, hash);
        return new()
        {
            TokenId = id.ToString(), SecretHash = hash, Role = TokenText.FormatRole(role), CreatedAt = TimeProvider.System.GetUtcNow(),
        };
    }
}
