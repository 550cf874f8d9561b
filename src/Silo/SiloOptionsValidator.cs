using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OpenClaw.Silo;

/// <summary>Says everything that is wrong at once.</summary>
internal sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    private const int LongestName = 100;

    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var errors = new List<string>();
        if (FindConnectionError(options.ConnectionString) is { } error) errors.Add(error);
        if (!IsName(options.ClusterId)) errors.Add($"The cluster id must have 1 to {LongestName} characters, none of them a space.");
        if (!IsName(options.ServiceId)) errors.Add($"The service id must have 1 to {LongestName} characters, none of them a space.");
        if (IPAddress.Any.Equals(options.AdvertisedAddress) || IPAddress.IPv6Any.Equals(options.AdvertisedAddress))
        {
            errors.Add($"The advertised address is {options.AdvertisedAddress}; it must be one that other silos and gateways can reach.");
        }
        if (!IsPort(options.SiloPort)) errors.Add($"The silo port is {options.SiloPort}; it must be a number from 0 to 65535.");
        if (!IsPort(options.GatewayPort)) errors.Add($"The gateway port is {options.GatewayPort}; it must be a number from 0 to 65535.");
        if (options.SiloPort == options.GatewayPort && options.SiloPort != 0)
        {
            errors.Add($"The silo port and the gateway port are both {options.SiloPort}; they must differ.");
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsWhiteSpace);

    private static bool IsPort(int port) => port is >= 0 and <= 65535;

    /// <summary>Without the string itself, which has the password in it.</summary>
    private static string? FindConnectionError(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? null : "The connection string names no Host.";
        }
        catch (ArgumentException)
        {
            return "The connection string is not one that Npgsql can read.";
        }
    }
}
