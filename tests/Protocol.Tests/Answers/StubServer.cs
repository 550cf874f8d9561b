using System.Net;
using System.Net.Http.Headers;

namespace OpenClaw.Protocol.Tests.Answers;

/// <summary>What somebody answers: status, media type (null: none) and body.</summary>
public sealed record Answered(int Status, string? Type, byte[] Body);

/// <summary>A server that answers the same to every request.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    public Answered Answer { get; set; } = new(200, null, []);

    public Action<HttpResponseMessage> Head { get; set; } = _ => { };

    public HttpClient Client() => new(this, disposeHandler: false) { BaseAddress = new Uri("http://stub") };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage((HttpStatusCode)Answer.Status) { Content = new ByteArrayContent(Answer.Body) };
        response.Content.Headers.ContentType = Answer.Type is null ? null : MediaTypeHeaderValue.Parse(Answer.Type);
        Head(response);
        return Task.FromResult(response);
    }
}
