namespace OpenClaw.Gateway.Requests;

/// <summary>Headers by which a browser makes no more of an answer than it is.</summary>
internal static class SafeHeaders
{
    /// <summary>
    /// What the page of the Orleans Dashboard needs, and nothing else: its own script, never one that stands in the page, and what it asks
    /// of this server. Its charts put styles into the page.
    /// </summary>
    private const string OfDashboard = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Every answer is of the type that it says: output of a task that looks like a page is none.</summary>
    public static void UseSafeHeaders(this IApplicationBuilder app) => app.Use(next => context =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    });

    /// <summary>The same for a page: what it may load, that nothing frames it, and that it tells nobody where it was.</summary>
    public static void UseSafeHeadersOfDashboard(this IApplicationBuilder app) => app.Use(next => context =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = OfDashboard;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    });
}
