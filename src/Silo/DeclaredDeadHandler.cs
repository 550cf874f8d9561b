using OpenClaw.Hosting;

namespace OpenClaw.Silo;

/// <summary>
/// What Orleans asks for when this silo must not go on: the others have declared it dead, and its grains live elsewhere by now.
/// Orleans' own handler lets it serve for two seconds more; here the process is gone before the next call, and whoever started it
/// starts it anew.
/// </summary>
internal sealed class DeclaredDeadHandler : IFatalErrorHandler
{
    private const int ErrorExitCode = 1;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Nothing graceful: stopping in good order would serve, and would hand over grains that others have.
        var cause = $"{context} {exception?.GetType().Name}: {exception?.Message}";
        ProcessEnd.ExitNow(ErrorExitCode, $"This silo can't go on and ends now. {cause}");
    }
}
