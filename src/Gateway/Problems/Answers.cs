using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Problems;

/// <summary>Writes JSON answers, in one piece with a Content-Length, from a buffer that each thread keeps.</summary>
internal static class Answers
{
    private const int KeptBuffer = 64 * 1024;

    /// <summary>Text as it is, as the original wrote it: people read it with curl, and no page is made of it.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic] private static ArrayBufferWriter<byte>? threadBuffer;
    [ThreadStatic] private static Utf8JsonWriter? threadWriter;

    /// <summary>Answers with a value.</summary>
    public static Task Answer(this HttpContext context, object value, JsonTypeInfo type)
    {
        var writer = RentWriter(out var buffer);
        JsonSerializer.Serialize(writer, value, type);
        return SendBuffer(context, 200, "application/json", buffer);
    }

    /// <summary>Answers with what <paramref name="write"/> writes.</summary>
    public static Task Answer<T>(this HttpContext context, T value, Action<Utf8JsonWriter, T> write)
    {
        var writer = RentWriter(out var buffer);
        write(writer, value);
        writer.Flush();
        return SendBuffer(context, 200, "application/json", buffer);
    }

    /// <summary>Answers with bytes that are JSON already.</summary>
    public static Task AnswerRaw(this HttpContext context, ReadOnlyMemory<byte> json)
    {
        WriteHead(context.Response, 200, "application/json", json.Length);
        return context.Response.BodyWriter.WriteAsync(json).AsTask();
    }

    /// <summary>The head of an answer of so many bytes of JSON that the caller writes.</summary>
    public static void AnnounceJson(this HttpContext context, long length) => WriteHead(context.Response, 200, "application/json", length);

    /// <summary>Answers with a problem.</summary>
    public static Task Answer(this HttpContext context, Problem problem, int retryAfterSeconds = 1)
    {
        // The answer began as 200 while it was waited for: a clean end would be a lie, a broken one is repeated.
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        if (problem.Status is 429 or 503) context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(null as IFormatProvider);
        if (problem.Status == 401) context.Response.Headers.WWWAuthenticate = "Bearer";
        // What is left of a refused body is not worth reading.
        if (problem.Status is 408 or 413 or 415) context.CloseConnection();
        var writer = RentWriter(out var buffer);
        JsonSerializer.Serialize(writer, problem, ProtocolJson.Default.Problem);
        return SendBuffer(context, problem.Status, "application/problem+json", buffer);
    }

    /// <summary>Lets this be the connection's last answer. HTTP/2 has no such header, and other streams on the connection.</summary>
    public static void CloseConnection(this HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol)) context.Response.Headers.Connection = "close";
    }

    private static Utf8JsonWriter RentWriter(out ArrayBufferWriter<byte> buffer)
    {
        buffer = threadBuffer is { Capacity: <= KeptBuffer } kept ? kept : threadBuffer = new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        var writer = threadWriter ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        return writer;
    }

    private static Task SendBuffer(HttpContext context, int status, string contentType, ArrayBufferWriter<byte> buffer)
    {
        var response = context.Response;
        WriteHead(response, status, contentType, buffer.WrittenCount);
        // Copied to the connection's buffer before this returns, so the thread's buffer is free again.
        response.BodyWriter.Write(buffer.WrittenSpan);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    private static void WriteHead(HttpResponse response, int status, string contentType, long length)
    {
        // Begun by HeldAnswers, with the same type.
        if (response.HasStarted) return;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = length;
        // The truth of now: a cache on the way that keeps it would answer a later question with it.
        response.Headers.CacheControl = "no-store";
    }
}
