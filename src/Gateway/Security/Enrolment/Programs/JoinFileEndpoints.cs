using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Hosting.Https.Certificates;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Gateway.Security.Enrolment.Programs;

/// <summary>
/// What a PC fetches before it is known here: the script of an invitation's line, and the worker's program. Neither is a secret, and
/// neither is believed but by its hash, which the line brings.
/// </summary>
internal sealed class JoinFileEndpoints(IOptions<GatewayOptions> options, TimeProvider clock, ServerCertificates? certificates = null)
    : IEndpoint
{
    private const int Piece = 64 * 1024;
    private const int RetryAfterSeconds = 5;
    /// <summary>Bytes a second: who takes them slower holds a place that another could have.</summary>
    private const double SlowestLine = 32 * 1024;
    private readonly Downloads downloads = new(clock);
    private readonly WorkerPrograms programs = new(options.Value.WorkerFiles);

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.JoinFiles, ListFiles).RequirePolicy(AccessPolicy.Anyone);
        routes.MapWritingRead(Routes.JoinFile, WriteFile).RequirePolicy(AccessPolicy.Anyone);
    }

    private async ValueTask<Reply> ListFiles(HttpContext context)
    {
        var found = await programs.FindAll(context.RequestAborted);
        string[] shells = found.Length > 0 ? [JoinScripts.PowerShell, JoinScripts.Shell] : [];
        return Reply.FromValue(new JoinFiles
        {
            Url = options.Value.PublicUrl?.GetLeftPart(UriPartial.Authority),
            Pin = certificates?.Authority is { } authority ? CertificatePin.FromCertificate(authority.Certificate) : null,
            Files =
            [
                .. found.Select(program => new JoinFile(program.Platform, program.Bytes, program.Sha256)),
                .. shells.Select(shell => ToView(shell, JoinScripts.Format(shell, found)!)),
            ],
        }, ProtocolJson.Default.JoinFiles);
    }

    private async Task WriteFile(HttpContext context)
    {
        var name = context.Request.RouteValues["name"] as string ?? "";
        var cancellation = context.RequestAborted;
        if (name is JoinScripts.Shell or JoinScripts.PowerShell)
        {
            var found = await programs.FindAll(cancellation);
            if (found.Length == 0) await context.Answer(NoPrograms);
            else await WriteScript(context, JoinScripts.Format(name, found)!);
            return;
        }
        if (await programs.Find(name, cancellation) is { } program) await GiveProgram(context, program);
        else await context.Answer(Array.IndexOf(WorkerPrograms.Platforms, name) >= 0 ? MissingProgram(name) : NoSuchFile);
    }

    private static async Task WriteScript(HttpContext context, byte[] text)
    {
        if (WriteHead(context, "text/plain; charset=us-ascii", text.Length, SHA256.HashData(text)))
            await context.Response.BodyWriter.WriteAsync(text, context.RequestAborted);
    }

    private async Task GiveProgram(HttpContext context, WorkerProgram program)
    {
        var (running, refusal) = downloads.Begin(context.Connection.RemoteIpAddress, context.Abort);
        using var _ = running;
        if (refusal is not null)
        {
            await context.Answer(refusal, RetryAfterSeconds);
            return;
        }
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30 + (program.Bytes / SlowestLine)), clock);
        await using var cut = late.Token.Register(context.Abort);
        await WriteProgram(context, program);
    }

    private static async Task WriteProgram(HttpContext context, WorkerProgram program)
    {
        FileStream file;
        try
        {
            file = new FileStream(program.File, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, useAsync: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            await context.Answer(MissingProgram(program.Platform));
            return;
        }
        await using var _ = file;
        if (!WriteHead(context, "application/octet-stream", program.Bytes, Convert.FromHexString(program.Sha256))) return;
        var piece = new byte[Math.Min(Piece, program.Bytes)];
        // A file that is replaced meanwhile has another hash, which the PC sees; a shorter one breaks the answer off.
        for (var left = program.Bytes; left > 0;)
        {
            var read = await file.ReadAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, left)), context.RequestAborted);
            if (read == 0) break;
            await context.Response.Body.WriteAsync(piece.AsMemory(0, read), context.RequestAborted);
            left -= read;
        }
        if (file.Position < program.Bytes) context.Abort();
    }

    /// <summary>False when nobody wants the body: the caller has it, or asked by HEAD.</summary>
    private static bool WriteHead(HttpContext context, string contentType, long length, byte[] hash)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = $"\"{Convert.ToHexStringLower(hash)}\"";
        response.Headers.ETag = tag;
        response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(hash)}:";
        response.Headers.CacheControl = "no-cache";
        var known = request.Headers.IfNoneMatch.ToString();
        if (known == "*" || known.Contains(tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return false;
        }
        response.ContentType = contentType;
        response.ContentLength = length;
        return !context.IsHead();
    }

    private static JoinFile ToView(string shell, byte[] text) =>
        new(shell, text.Length, Convert.ToHexStringLower(SHA256.HashData(text)));

    private static Problem NoPrograms { get; } = ProblemTable.CreateNotFound(
        "This server has no worker's program to give. Its operator runs ./publish.sh and copies what is in dist to the folder workers of "
        + "the data folder, or names another one with --worker-files (OPENCLAW_WORKER_FILES).");

    private static Problem MissingProgram(string platform) => ProblemTable.CreateNotFound(
        $"This server has no worker's program for {platform}. Its operator runs ./publish.sh {platform} and copies dist/{platform} to the "
        + "folder of the programs: workers in the data folder, or what --worker-files (OPENCLAW_WORKER_FILES) names.");

    private static Problem NoSuchFile { get; } = ProblemTable.CreateNotFound("There is no such file for a PC that joins.");
}
