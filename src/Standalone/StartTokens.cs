using OpenClaw.Gateway.Security;
using OpenClaw.Hosting;

namespace OpenClaw.Standalone;

/// <summary>The tokens of a start: those of the data folder, and whether they are good still.</summary>
internal static class StartTokens
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="StartupException">One can't be accepted, or the local worker's own is refused.</exception>
    public static async Task<(IReadOnlyList<IssuedToken> Tokens, bool Created)> EnsureTokens(
        WebApplication app, DataFolder data, bool hasWorker)
    {
        var bootstrapper = app.Services.GetRequiredService<TokenBootstrapper>();
        try
        {
            var (tokens, created) = await bootstrapper.EnsureTokens();
            var refused = (await bootstrapper.FindRefusedTokens(tokens)).Select(token => token.Role).ToArray();
            if (hasWorker && refused.Contains("worker")) throw new InvalidDataException(FormatWorkerError(data.Tokens));
            if (refused.Length > 0) app.Logger.TokensRefused(data.Tokens, string.Join(", ", refused));
            return (tokens, created);
        }
        catch (InvalidDataException error)
        {
            // In good order: a silo that is cut off while it starts fills the log, and the one sentence is lost in it.
            await app.StopAsync(StopTimeout);
            throw new StartupException(StartupException.Usage, error.Message);
        }
    }

    private static string FormatWorkerError(string file) =>
        $"The worker token in {file} is refused: it was revoked, rotated or has run out. "
        + "Write the new secret into its line, or move the file away: the next start makes three new tokens.";
}
