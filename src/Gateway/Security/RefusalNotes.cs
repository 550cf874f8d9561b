using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security;

/// <summary>
/// Puts on record who was refused, and why. Of one sender who is refused very often the first of each minute, and then how many more.
/// </summary>
internal sealed class RefusalNotes(IAuditTrail audit, TokenCheck tokens, TimeProvider clock)
{
    /// <summary>A good token that asks for what it may not.</summary>
    public void NoteForbidden(HttpContext context, Caller caller, Problem problem) => AddNote(
        context, problem.Scope is null ? "beyond-rights" : "scope-missing", caller.AuditName,
        $"{problem.Scope ?? problem.Detail} for {FormatRoute(context)}");

    /// <summary>A good token that asks too often.</summary>
    public void NoteRate(HttpContext context, Caller caller) => AddNote(context, "rate-exceeded", caller.AuditName, FormatRoute(context));

    /// <summary>
    /// A token that is not let in, if it has the form of one: who has it may be the one it was stolen from, or the thief. Its id is no
    /// secret.
    /// </summary>
    public void NoteToken(HttpContext context, string token)
    {
        if (tokens.ExplainRefusal(token) is { } why) AddNote(context, "token-refused", AuditNote.Stranger, why);
    }

    /// <summary>A worker's key that is not let in. One that is made up is nobody's.</summary>
    public void NoteKey(HttpContext context, string signature, Problem problem)
    {
        var id = signature.Split('.')[0];
        if (tokens.IsWorkersKey(id)) AddNote(context, "key-refused", AuditNote.Stranger, $"{id}: {problem.Type.Split(':')[^1]}");
    }

    /// <summary>A token in the query string, where logs and proxies keep it.</summary>
    public void NoteQueryToken(HttpContext context) =>
        AddNote(context, "token-in-query", AuditNote.Stranger, context.Request.Path.Value);

    private void AddNote(HttpContext context, string what, string by, string? detail) => audit.AddNote(new AuditNote(
        clock.GetUtcNow(), what, by, context.Connection.RemoteIpAddress?.ToString(), null, detail));

    private static string FormatRoute(HttpContext context) =>
        $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}";
}
