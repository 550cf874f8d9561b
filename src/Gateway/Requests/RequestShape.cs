using Microsoft.AspNetCore.Http.Features;
using OpenClaw.Gateway.Problems;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Requests;

/// <summary>What no request may look like, whatever its route.</summary>
internal static class RequestShape
{
    public static Problem? FindProblem(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!IsPlainPath(GetRawPath(target))) return ProblemTable.FromStatus(404);
        var headers = context.Request.Headers;
        // Kestrel keeps the length it disregarded under this name; two ideas of where a body ends are one too many.
        if (headers.TransferEncoding.Count > 0 && headers.ContainsKey("X-Content-Length"))
            return Close(context, Problem400.ForRequest("Content-Length and Transfer-Encoding exclude each other."));
        if (headers.Authorization.Count > 1) return Close(context, Problem400.ForRequest("There must be one Authorization header."));
        return null;
    }

    /// <summary>What a sender of this says next is not to be believed either: it may be another one's request.</summary>
    private static Problem Close(HttpContext context, Problem problem)
    {
        context.CloseConnection();
        return problem;
    }

    /// <summary>The path as it was sent, before anything decoded or normalised it.</summary>
    internal static ReadOnlySpan<char> GetRawPath(string target)
    {
        var path = target.AsSpan();
        var scheme = path.IndexOf("://");
        if (scheme > 0 && path[0] != '/')
        {
            path = path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? "/" : path[slash..];
        }
        var query = path.IndexOf('?');
        return query < 0 ? path : path[..query];
    }

    /// <summary>
    /// No route needs escapes, empty or dotted segments, upper case or a slash at the end; so none gets to be normalised.
    /// </summary>
    internal static bool IsPlainPath(ReadOnlySpan<char> path)
    {
        if (path.Length < 2 || path[0] != '/' || path[^1] == '/') return path is "/";
        for (var i = 1; i < path.Length; i++)
        {
            var c = path[i];
            if (c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_') continue;
            if (c is not ('/' or '.') || path[i - 1] is '/' or '.') return false;
        }
        return path[^1] != '.';
    }
}
