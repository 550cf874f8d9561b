using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Endpoints;

/// <summary>Answers a request of one route by a value or a problem, which is written in one place.</summary>
internal delegate ValueTask<Reply> ReplyHandler(HttpContext context);

/// <summary>Maps handlers, and writes what they reply.</summary>
internal static class EndpointRoutes
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Routes that only read take HEAD as they take GET, for probes and caches: the same status and headers, no body. A HEAD is answered at
    /// once: it waits for nothing, follows nothing and takes no work.
    /// </summary>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string route, ReplyHandler handler) =>
        routes.MapMethods(route, ReadMethods, context => WriteReply(context, handler(context), null));

    /// <summary>The same for a handler that writes its answer itself.</summary>
    public static IEndpointConventionBuilder MapWritingRead(this IEndpointRouteBuilder routes, string route, RequestDelegate handler) =>
        routes.MapMethods(route, ReadMethods, handler);

    /// <summary>A route that changes something. Its problems are sent as <paramref name="complete"/> returns them.</summary>
    public static IEndpointConventionBuilder MapChange(
        this IEndpointRouteBuilder routes, string route, ReplyHandler handler, Func<HttpContext, Problem, Problem>? complete = null) =>
        routes.MapPost(route, (RequestDelegate)(context => WriteReply(context, handler(context), complete)));

    /// <summary>Nobody waits for a body.</summary>
    public static bool IsHead(this HttpContext context) => HttpMethods.IsHead(context.Request.Method);

    private static Task WriteReply(HttpContext context, ValueTask<Reply> pending, Func<HttpContext, Problem, Problem>? complete) =>
        pending.IsCompletedSuccessfully ? pending.Result.Write(context, complete) : AwaitAndWrite(context, pending, complete);

    private static async Task AwaitAndWrite(
        HttpContext context, ValueTask<Reply> pending, Func<HttpContext, Problem, Problem>? complete) =>
        await (await pending).Write(context, complete);
}

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
        Problem problem => WriteProblem(context, complete is null ? problem : complete(context, problem)),
        byte[] json => context.AnswerRaw(json),
        _ => context.Answer(content, type!),
    };

    /// <summary>What a handler forbids to a good token is put on record, whichever handler it was.</summary>
    private static Task WriteProblem(HttpContext context, Problem problem)
    {
        if (problem.Status == StatusCodes.Status403Forbidden && context.FindCaller() is { } caller)
            context.RequestServices.GetRequiredService<RefusalNotes>().NoteForbidden(context, caller, problem);
        return context.Answer(problem);
    }
}
