using System.Net.Sockets;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Cli.Connections;

/// <summary>What came of a question to the server: its value, or a sentence and how the program ends by it.</summary>
internal static class ServerAnswer
{
    /// <summary>
    /// Asks once. A server that is not there is an error as any other; what may have happened then <paramref name="whenLost"/> says.
    /// </summary>
    public static async Task<(T? Value, VerbError? Error)> Ask<T>(
        HttpClient http, Func<HttpClient, Task<Answer<T>>> ask, string? whenLost = null) where T : class
    {
        try
        {
            var answer = await ask(http);
            return answer is { IsOk: true, Value: { } value } ? (value, null) : (null, Explain(http.BaseAddress!, answer, whenLost));
        }
        catch (HttpRequestException error)
        {
            var reached = error.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse;
            return (null, new(ExitCodes.Unreachable, AddHint(Explain(http.BaseAddress!, error), reached ? whenLost : null)));
        }
        catch (TaskCanceledException)
        {
            return (null, new(ExitCodes.Unreachable, AddHint($"{http.BaseAddress} did not answer in time", whenLost)));
        }
    }

    private static VerbError Explain<T>(Uri server, Answer<T> answer, string? whenLost) => answer switch
    {
        { Problem: { Status: 401 } problem } => new(ExitCodes.FromProblem(problem), $"{Explain(problem)} {AdviseLogin(server)}"),
        { Problem: { } problem } => new(ExitCodes.FromProblem(problem), Explain(problem)),
        _ => new(ExitCodes.Unreachable, AddHint($"{server}: {answer.Why ?? "the answer is empty"}", whenLost)),
    };

    /// <summary>What a 401 may come from, and what to do next: the server itself tells a stranger neither.</summary>
    private static string AdviseLogin(Uri server) =>
        $"{server} did not take the token that was sent: it was revoked, has run out, was rotated or suspended, or is another server's. "
        + $"Get a new one from an administrator (openclaw tokens create), then openclaw login {server}, or set OPENCLAW_TOKEN";

    /// <summary>The server's own sentence; of several fields each is named in it.</summary>
    private static string Explain(Problem problem)
    {
        var sentence = problem.Detail ?? problem.Error;
        var unsaid = (problem.Errors ?? []).Where(field => !sentence.Contains(field.Message, StringComparison.Ordinal))
            .Select(field => $"{field.Field} {field.Message}");
        return string.Join("; ", [sentence, .. unsaid]);
    }

    /// <summary>Why there was no answer at all.</summary>
    public static string Explain(Uri server, HttpRequestException error) => error switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => $"there is no host {server.Host}",
        { InnerException: UntrustedServerException untrusted } =>
            $"the certificate of {server} is not trusted ({untrusted.Message}): if the server has an authority of its own, "
            + "openclaw login URL --pin PIN, which its start has printed",
        { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"there is no TLS with {server}: {(error.InnerException ?? error).Message}",
        { InnerException: SocketException socket } => $"{server} can't be reached: {socket.Message}",
        { InnerException: OperationCanceledException or TimeoutException } => $"{server} can't be reached: it did not answer in time",
        _ => $"{server} gave no whole answer: {error.Message}",
    };

    private static string AddHint(string sentence, string? hint) => hint is null ? sentence : $"{sentence}. {hint}";
}
