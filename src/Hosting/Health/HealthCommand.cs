using System.CommandLine;
using System.Net;
using System.Text.Json;
using OpenClaw.Hosting.Https;
using OpenClaw.Hosting.Settings;

namespace OpenClaw.Hosting.Health;

/// <summary>What a container's health check runs: small images have no curl to ask with.</summary>
internal static class HealthCommand
{
    /// <summary>Shorter than the timeout of whoever runs the command, longer than <see cref="ReadinessState"/>'s own.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The command: 0 when the process of these settings serves on this machine, else 1 and the reason.</summary>
    public static Command Create(Func<SettingsReader, ListenSettings> listen)
    {
        var command = new Command("healthcheck", "Asks the running process of the same variables whether it serves; 0: it does.");
        command.SetAction((_, cancellation) =>
            AskServer(listen(new SettingsReader(setting => Environment.GetEnvironmentVariable(setting.Variable))), cancellation));
        return command;
    }

    private static async Task<int> AskServer(ListenSettings listen, CancellationToken cancellation)
    {
        var isAny = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any);
        var scheme = listen.Scheme == AddressScheme.PlainHttp ? "http" : "https";
        var address = new UriBuilder(scheme, (isAny ? IPAddress.Loopback : listen.Address).ToString(), listen.Port, "/readyz").Uri;
        // This machine is asked, not what a variable names as the way outside.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        // Nothing secret is said to it, and its certificate may be for another name than this address.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var http = new HttpClient(handler) { Timeout = AnswerTimeout };
        try
        {
            using var answer = await http.GetAsync(address, cancellation);
            var said = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.OK && IsReady(said)) return 0;
            await Console.Error.WriteLineAsync(said);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address}: {error.Message}");
        }
        return 1;
    }

    /// <summary>Checks the body, too: another program on this port may also answer 200.</summary>
    private static bool IsReady(string said)
    {
        try
        {
            using var answer = JsonDocument.Parse(said);
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind == JsonValueKind.String && status.GetString() == "ready";
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
