using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using OpenClaw.Hosting.Https.Certificates;

namespace OpenClaw.Hosting.Https;

/// <summary>Puts HTTPS into a web host.</summary>
internal static class HttpsHosting
{
    /// <summary>Registers the certificates, and what renews them.</summary>
    public static void AddCertificates(this WebApplicationBuilder builder, ServerCertificates certificates)
    {
        builder.Services.AddSingleton(certificates);
        // By the machine's clock, as every client judges them.
        builder.Services.AddHostedService(provider => new CertificateRenewal(
            certificates, provider.GetRequiredService<ILogger<CertificateRenewal>>(), TimeProvider.System));
    }

    /// <summary>
    /// Listens on an address: with certificates HTTPS, by TLS 1.2 and 1.3, HTTP/1.1 and HTTP/2; without them plain HTTP.
    /// </summary>
    public static void ListenOn(this KestrelServerOptions kestrel, IPAddress address, int port, ServerCertificates? certificates) =>
        kestrel.Listen(address, port, listen =>
        {
            if (address.Equals(IPAddress.IPv6Any)) listen.Use(UnmapClientAddress);
            if (certificates is null) return;
            listen.Use(next => PlainRequests.AnswerBefore(next, TimeProvider.System));
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(certificates.Handshake) });
        });

    /// <summary>A client by IPv4 is 192.0.2.1 in the audit and to whoever counts, not ::ffff:192.0.2.1.</summary>
    private static ConnectionDelegate UnmapClientAddress(ConnectionDelegate next) => connection =>
    {
        if (connection.RemoteEndPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } client)
            connection.RemoteEndPoint = new IPEndPoint(client.Address.MapToIPv4(), client.Port);
        return next(connection);
    };
}
