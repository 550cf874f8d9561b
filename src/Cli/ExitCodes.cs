using OpenClaw.Protocol.Problems;

namespace OpenClaw.Cli;

/// <summary>How the program ends. docs/cli.md has the table; a number never gets another meaning.</summary>
internal static class ExitCodes
{
    /// <summary>Done; the answer is yes.</summary>
    public const int Done = 0;
    /// <summary>The server said no: there is no such thing, or its state does not allow it.</summary>
    public const int No = 1;
    /// <summary>What was typed or set is wrong.</summary>
    public const int Usage = 2;
    /// <summary>Not logged in, or the token may not do this.</summary>
    public const int NotAllowed = 3;
    /// <summary>No OpenClaw server answered: not reached, not trusted, or something else answered.</summary>
    public const int Unreachable = 4;
    /// <summary>The server can't now; the same may work later.</summary>
    public const int TryLater = 5;
    /// <summary>This program itself failed.</summary>
    public const int Failed = 125;

    /// <summary>What a problem of the server's means for who asked.</summary>
    public static int FromProblem(Problem problem) => problem.Status switch
    {
        400 or 413 or 415 or 422 => Usage,
        401 or 403 => NotAllowed,
        408 or 429 or >= 500 => TryLater,
        _ => No,
    };
}
