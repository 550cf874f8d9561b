using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace OpenClaw.Hosting.Https.Certificates;

/// <summary>Names and addresses that a certificate is for.</summary>
internal static partial class CertificateNames
{
    private static readonly string[] OfLoopback = ["localhost", "127.0.0.1", "::1"];

    /// <summary>A host name, <c>*.</c> and one, or an IP address without a port.</summary>
    public static bool IsName(string text) => HostName().IsMatch(text) || IPAddress.TryParse(text, out _);

    /// <summary>
    /// All a client may use: what was told, loopback, the machine's own name, and the addresses it can be reached by. In one order, so
    /// that two lists can be compared.
    /// </summary>
    /// <param name="told">Names that were told.</param>
    /// <param name="listen">Where the server listens.</param>
    /// <param name="hostName">The machine's name.</param>
    /// <param name="machine">The machine's addresses, which count when it listens on all of them.</param>
    public static IReadOnlyList<string> CollectNames(
        IEnumerable<string> told, IPAddress listen, string hostName, IEnumerable<IPAddress> machine)
    {
        var isAny = listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any);
        var addresses = (isAny ? machine : [listen]).Where(address => !address.IsIPv6LinkLocal && !address.IsIPv6Multicast)
            .Select(address => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        var all = told.Concat(OfLoopback).Concat(IsName(hostName) ? [hostName] : []).Concat(addresses);
        return [.. all.Select(Normalize).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The same of this machine as it is now.</summary>
    public static IReadOnlyList<string> CollectNames(IEnumerable<string> told, IPAddress listen) =>
        CollectNames(told, listen, Dns.GetHostName(), ReadMachineAddresses());

    public static X509Extension ToExtension(IEnumerable<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) builder.AddIpAddress(address);
            else builder.AddDnsName(name);
        }
        return builder.Build();
    }

    /// <summary>One text for each address, whatever way it was written.</summary>
    private static string Normalize(string name) =>
        IPAddress.TryParse(name, out var address) ? address.ToString() : name.ToLowerInvariant();

    private static List<IPAddress> ReadMachineAddresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().Where(network => network.OperationalStatus == OperationalStatus.Up)
                .SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)];
        }
        catch (NetworkInformationException)
        {
            // Some sandboxes let nobody ask.
            return [];
        }
    }

    private const string Label = "[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?";

    [GeneratedRegex($@"\A(?=.{{1,253}}\z)(\*\.)?{Label}(\.{Label})*\z")]
    private static partial Regex HostName();
}
