using System.Text;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.Https;

/// <summary>
/// GET /ca.pem: the certificate of the server's own authority, for whoever has its pin and no way yet to trust the server. It is no
/// secret; what makes it worth something is the pin, which comes another way.
/// </summary>
internal sealed class AuthorityEndpoint(ServerCertificates? certificates = null) : IEndpoint
{
    private readonly byte[]? pem = certificates?.Authority is { } authority ? Encoding.ASCII.GetBytes(authority.FormatCertificate()) : null;

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapWritingRead(Routes.Authority, WriteCertificate).RequirePolicy(AccessPolicy.Anyone);

    private Task WriteCertificate(HttpContext context)
    {
        if (pem is null)
        {
            return context.Answer(ProblemTable.CreateNotFound(
                "This server has no authority of its own: it serves plain HTTP, or a given certificate."));
        }
        var response = context.Response;
        response.ContentType = "application/pem-certificate-chain";
        response.ContentLength = pem.Length;
        response.Headers.CacheControl = "no-store";
        return context.IsHead() ? Task.CompletedTask : response.BodyWriter.WriteAsync(pem).AsTask();
    }
}
