using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Problems;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Endpoints;

/// <summary>What a handler answers: a value, JSON that is written already, or a problem. <see cref="EndpointRoutes"/> writes it.</summary>
internal readonly struct Reply
{
    private readonly object? content;
    private readonly JsonTypeInfo? type;

    private Reply(object content, JsonTypeInfo? type) => (this.content, this.type) = (content, type);

    /// <summary>The handler has written its answer itself, as streams do, or there is nobody to write to any more.</summary>
    public static Reply Written => default;

    public static Reply FromValue<T>(T value, JsonTypeInfo<T> type) where T : class => new(value, type);

    public static Reply FromJson(byte[] json) => new(json, null);

    public static implicit operator Reply(Problem problem) => new(problem, null);

    /// <summary>Writes it; a problem as <paramref name="complete"/> returns it.</summary>
    public Task Write(HttpContext context, Func<HttpContext, Problem, Problem>? complete = null) => content switch
    {
        null => Task.CompletedTask,
        Problem problem => context.Answer(complete is null ? problem : complete(context, problem)),
        byte[] json => context.AnswerRaw(json),
        _ => context.Answer(content, type!),
    };
}
