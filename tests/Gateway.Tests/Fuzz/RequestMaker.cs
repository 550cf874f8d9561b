using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>A request as it goes over the wire, and what is to be known of it to read its answer.</summary>
/// <param name="Operation">What it is made from.</param>
/// <param name="Method">Its method.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="IsFramed">Its length is right, so that the connection is good for the next.</param>
internal sealed record FuzzRequest(ApiOperation Operation, string Method, byte[] Bytes, bool IsFramed)
{
    /// <summary>Its answer may have to wait for something to tell.</summary>
    public bool MayWait => Operation.IsStream && Method == "GET";
}

/// <summary>Makes one request from a number: always the same one.</summary>
internal sealed partial class RequestMaker(ApiGrammar grammar, IReadOnlyDictionary<string, string> names)
{
    private static readonly double[] Wildness = [0, 0.01, 0.05, 0.2, 0.6];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "X"];

    private static readonly string[] MediaTypes =
    [
        "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json;", "",
        "a/b/c",        "application/octet-stream",
    ];

    private static readonly string[] OddHeaders =
    [
        "Content-Encoding: gzip", "Expect: 100-continue", "Accept: application/json", "Accept: text/html, */*;q=0.1", "Range: bytes=0-9",
        "Last-Event-ID: 1.0.0", "Last-Event-ID: ../x", "X-HTTP-Method-Override: DELETE", "Upgrade: websocket", "Connection: close",
        "Origin: https://evil.example", "Cookie: token=x", "X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X-Forwarded-For: x",
        "Forwarded: for=1.2.3.4", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent: 00-x",
        "Accept-Encoding: gzip, br", "User-Agent: \u001b[31mred", "If-None-Match: *", "Content-Length: 5", "Transfer-Encoding: chunked",
        "X-Session: x", "Idempotency-Key: a\tb",
    ];

    public FuzzRequest MakeRequest(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var values = new ValuePool(random, names);
        var wildness = Wildness[random.Next(Wildness.Length)];
        var operation = grammar.Operations[random.Next(grammar.Operations.Count)];
        var method = random.NextDouble() < 0.03 ? Methods[random.Next(Methods.Length)] : operation.Method;
        var body = MakeBody(operation, random, values, wildness, out var media);
        var head = new StringBuilder($"{method} {MakeTarget(operation, random, values, wildness)} HTTP/1.1\r\nHost: {names["HOST"]}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"X-Forwarded-For: 10.{number >> 16}.{(number >> 8) & 255}.{number & 255}\r\n");
        AddHeader("Authorization", values.ChooseToken(operation.Path) is { } token ? "Bearer " + token : null);
        AddHeader("Content-Type", media);
        if (operation.Binary && random.Next(2) == 0) AddHeader("X-Session", values.ChooseText("session"));
        if (random.Next(6) == 0) AddHeader("Idempotency-Key", values.Choose("k1", "k2", "k3", names["KEY"]));
        var odd = random.NextDouble() < 0.02 + (wildness / 2);
        if (odd) head.Append(OddHeaders[random.Next(OddHeaders.Length)]).Append("\r\n");
        return new(operation, method, Frame(head, body, random, out var framed), framed && !odd);

        void AddHeader(string name, string? value)
        {
            if (value is not null) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }
    }

    private byte[]? MakeBody(ApiOperation operation, Random random, ValuePool values, double wildness, out string? media)
    {
        media = null;
        if (operation.Body is not { } schema) return random.NextDouble() < wildness / 4 ? "{}"u8.ToArray() : null;
        media = random.NextDouble() < wildness / 6 ? MediaTypes[random.Next(MediaTypes.Length)] : "application/json";
        if (operation.Binary && random.Next(2) == 0)
        {
            media = "application/octet-stream";
            return MakeFrames(random);
        }
        var text = new JsonMaker(random, grammar, values, wildness).WriteBody(schema);
        // The session that all others need stays open.
        if (operation.Path.EndsWith("/close", StringComparison.Ordinal))
            text = text.Replace(names["SESSION"], names["OLD_SESSION"], StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(text);
        return random.NextDouble() < wildness / 3 ? SpoilBytes(body, random) : body;
    }

    /// <summary>One frame of output, mostly right, with some bytes of it changed now and then.</summary>
    private static byte[] MakeFrames(Random random)
    {
        var frame = new byte[21 + 5];
        frame[0] = (byte)random.Next(1, 3);
        frame[8] = (byte)random.Next(3);
        frame[16] = (byte)random.Next(8);
        frame[20] = 5;
        return random.Next(2) == 0 ? frame : SpoilBytes(frame, random);
    }

    private static byte[] SpoilBytes(byte[] body, Random random)
    {
        var at = random.Next(body.Length + 1);
        switch (random.Next(7))
        {
            case 0: return body[..at];
            case 1: return [0xEF, 0xBB, 0xBF, .. body];
            case 2: return [.. body, .. " x"u8];
            case 3: return [.. body[..at], (byte)random.Next(256), .. body[at..]];
            case 4: return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body));
            case 5: return [.. body[..at], .. "// comment\n"u8, .. body[at..]];
            default:
                if (body.Length > 0) body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
                return body;
        }
    }

    private string MakeTarget(ApiOperation operation, Random random, ValuePool values, double wildness)
    {
        var path = Parameter().Replace(operation.Path, _ => values.ChoosePathPart(operation.Path));
        // And one attempt goes on, whatever is reported.
        if (path.EndsWith("/result", StringComparison.Ordinal))
            path = path.Replace(names["ATTEMPT"], names["OTHER_ATTEMPT"], StringComparison.Ordinal);
        if (random.NextDouble() < wildness / 10)
            path = values.Choose("/" + path, path + "/", path.ToUpperInvariant(), path + "%00", "/x/.." + path);
        var query = operation.Parameters.Where(one => one.In == "query" && (one.Name == "wait" || random.Next(3) == 0))
            .Select(one => $"{one.Name}={values.ChooseQuery(one.Name)}").ToList();
        if (random.NextDouble() < wildness / 10) query.Add(values.Choose("x=1", "token=x", "=", "&&", "limit=1&limit=2", "%ff=%ff"));
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    private static byte[] Frame(StringBuilder head, byte[]? body, Random random, out bool framed)
    {
        framed = true;
        if (body is null) return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
        if (random.Next(10) == 0)
        {
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
            if (body.Length > 0) body = [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8];
            return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body, .. "0\r\n\r\n"u8];
        }
        framed = random.Next(100) != 0;
        var length = framed ? body.Length : random.Next(body.Length + 1);
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
